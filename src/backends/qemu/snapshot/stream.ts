/** Memory of a VM besides its RAM that its guest needs, such as its firmware. */
export interface MemoryBlock {
  /** QEMU's name for it: `pc.bios`. */
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Inserts the content of this block at the start of a VM's device state, as written by `xen-save-devices-state`. That
 * command omits all memory, and a VM that waits for a state does not load its firmware itself: it would run, but be
 * unable to boot after a reset.
 *
 * The format is that of QEMU's migration (docs/devel/migration: version 3; section `ram`, version 4): a section with
 * the block's length, and one with its pages.
 */
export function withBlock(state: Uint8Array, { name, content }: MemoryBlock): Uint8Array {
  const header = Buffer.from(state.subarray(0, HEADER_BYTES));
  if (header.toString("latin1", 0, 4) !== "QEVM" || header.readUInt32BE(4) !== STREAM_VERSION) {
    throw new Error("unknown format of QEMU's device state");
  }
  const id = [Buffer.of(name.length), Buffer.from(name, "latin1")];
  const pages = Array.from({ length: content.length / PAGE_BYTES }, (_, index) => {
    const offset = index * PAGE_BYTES;
    const page = content.subarray(offset, offset + PAGE_BYTES);
    return index === 0
      ? [uint64(offset | Flag.page), ...id, page]
      : [uint64(offset | Flag.page | Flag.sameBlock), page];
  });
  return Buffer.concat([
    header,
    ...[Buffer.of(Mark.sectionStart), uint32(SECTION_ID), Buffer.from("\x03ram", "latin1")],
    ...[uint32(0), uint32(RAM_VERSION)],
    ...[uint64(content.length | Flag.lengths), ...id, uint64(content.length), uint64(Flag.end)],
    ...footer(),
    ...[Buffer.of(Mark.sectionEnd), uint32(SECTION_ID), ...pages.flat(), uint64(Flag.end)],
    ...footer(),
    state.subarray(HEADER_BYTES),
  ]);
}

export const PAGE_BYTES = 4096;
const HEADER_BYTES = 8;
const STREAM_VERSION = 3;
const RAM_VERSION = 4;
/** Far above the IDs that QEMU assigns, which start at 0. */
const SECTION_ID = 0x7f00_0000;
const Mark = { sectionStart: 1, sectionEnd: 3, footer: 0x7e } as const;
/** Flags in the low bits of an address or a length. */
const Flag = { lengths: 0x04, page: 0x08, end: 0x10, sameBlock: 0x20 } as const;

function footer(): readonly Uint8Array[] {
  return [Buffer.of(Mark.footer), uint32(SECTION_ID)];
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
