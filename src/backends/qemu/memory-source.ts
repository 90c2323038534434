/** The memory of which a VM gets a private copy, page by page as it writes. The file belongs to root. */
export interface MemorySource {
  readonly file: string;
  /**
   * True if QEMU maps the file itself. Otherwise QEMU needs a copy in memory that it may open for writing but that
   * nobody can modify.
   */
  readonly mapped: boolean;
}

/**
 * Returns the source for this version of QEMU. Since 8.2, QEMU can privately map a file that it may only read
 * (`readonly=on,rom=off`). Earlier versions open it for writing, which would let one emulator change the memory of all
 * later clones.
 * @param qemuVersion first line of `qemu-system-… --version`.
 */
export function memorySource(file: string, qemuVersion: string): MemorySource {
  const [, major = "0", minor = "0"] = /version (\d+)\.(\d+)/.exec(qemuVersion) ?? [];
  return { file, mapped: Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 2) };
}

/** Descriptor at which QEMU finds the copy of a memory that it can't map itself; see libexec/from-memory. */
export const COPY_DESCRIPTOR = 9;

/** Returns options of QEMU's memory-backend-file. */
export function sourceOptions({ file, mapped }: MemorySource): string {
  return mapped
    ? `mem-path=${file},share=off,readonly=on,rom=off`
    : `mem-path=/proc/self/fd/${COPY_DESCRIPTOR},share=off`;
}
