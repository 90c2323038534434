/** A probe: its number, and its sending time in ns of the clock that all processes of a host share. */
export interface Probe {
  readonly sequence: number;
  readonly sentNs: bigint;
}

/** Size of a small voice packet. */
const SIZE = 64;

export function encodeProbe({ sequence, sentNs }: Probe): Uint8Array {
  const packet = new Uint8Array(SIZE);
  const view = new DataView(packet.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, sequence);
  view.setBigUint64(8, sentNs);
  return packet;
}

/** Undefined if the packet is not a probe of ours. */
export function decodeProbe(packet: Uint8Array): Probe | undefined {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return packet.length === SIZE && view.getUint32(0) === MAGIC
    ? { sequence: view.getUint32(4), sentNs: view.getBigUint64(8) }
    : undefined;
}

/** "ikpr" */
const MAGIC = 0x696b7072;
