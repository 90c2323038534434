/** The memory that a machine gets a private copy of, page by page as it writes to them. The file is root's. */
export interface MemorySource {
  readonly file: string;
  /**
   * Whether QEMU maps the file itself. One that can't, needs a copy in memory that it may open for writing and nobody can
   * write to.
   */
  readonly mapped: boolean;
}

/**
 * QEMU maps a file privately that it may only read since 8.2 (`readonly=on,rom=off`). Earlier ones open it for writing,
 * which would let one emulator change what all later clones are made from.
 * @param qemuVersion what `qemu-system-… --version` begins with.
 */
export function memorySource(file: string, qemuVersion: string): MemorySource {
  const [, major = "0", minor = "0"] = /version (\d+)\.(\d+)/.exec(qemuVersion) ?? [];
  return { file, mapped: Number(major) > 8 || (Number(major) === 8 && Number(minor) >= 2) };
}

/** Descriptor at which a machine finds the copy of a memory that it can't map itself; see libexec/from-memory. */
export const COPY_DESCRIPTOR = 9;

/** Options of QEMU's memory-backend-file. */
export function sourceOptions({ file, mapped }: MemorySource): string {
  return mapped
    ? `mem-path=${file},share=off,readonly=on,rom=off`
    : `mem-path=/proc/self/fd/${COPY_DESCRIPTOR},share=off`;
}
