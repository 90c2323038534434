/*
 * Preloaded into user-mode Linux, so that it runs on processors whose registers take more than those of AVX-512, such as
 * those with AMX. Linux 6.1's writes only the part of a process's registers that it knows, and the host's kernel accepts
 * only all of them: this adds what the host has for the rest.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

/* AMX's take 11 KiB. Static: the kernel's own stacks are small, and it has one thread that traces. */
static char registers[65536];

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  int pid = va_arg(arguments, int);
  void *address = va_arg(arguments, void *);
  void *data = va_arg(arguments, void *);
  va_end(arguments);

  static long (*libc_ptrace)(int, ...);
  if (libc_ptrace == NULL)
    libc_ptrace = (long (*)(int, ...))dlsym(RTLD_NEXT, "ptrace");
  if (request != PTRACE_SETREGSET || address != (void *)NT_X86_XSTATE)
    return libc_ptrace(request, pid, address, data);

  /* What the kernel does not know is not in use: the header, which it knows, says so. So it is read only once. */
  static size_t size;
  if (size == 0) {
    struct iovec found = {registers, sizeof registers};
    if (libc_ptrace(PTRACE_GETREGSET, pid, address, &found) != 0)
      return -1;
    size = found.iov_len;
  }
  const struct iovec *known = data;
  if (known->iov_len > size) {
    errno = EINVAL;
    return -1;
  }
  memcpy(registers, known->iov_base, known->iov_len);
  struct iovec whole = {registers, size};
  return libc_ptrace(PTRACE_SETREGSET, pid, address, &whole);
}
