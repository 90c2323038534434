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

  struct iovec whole = {registers, sizeof registers};
  if (libc_ptrace(PTRACE_GETREGSET, pid, address, &whole) != 0)
    return -1;
  const struct iovec *known = data;
  if (known->iov_len > whole.iov_len) {
    errno = EINVAL;
    return -1;
  }
  memcpy(registers, known->iov_base, known->iov_len);
  return libc_ptrace(PTRACE_SETREGSET, pid, address, &whole);
}
