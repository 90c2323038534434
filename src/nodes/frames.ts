import { CommandError } from "../errors.ts";

/**
 * A message between the host and `libexec/run-inside` in a switch, whose head lists the letters. The switch's root may
 * forge those of the switch.
 */
export interface Frame {
  readonly letter: string;
  readonly data: Buffer;
}

const HEAD_BYTES = 5;
/** More than `run-inside` puts into one frame. */
const MAX_DATA_BYTES = 64 * 1024;

/** Returns a frame's bytes: its letter, the length of its data (32 bits, big-endian), and the data. */
export function encodeFrame(letter: string, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(letter, "latin1");
  head.writeUInt32BE(data.length, 1);
  return Buffer.concat([head, data]);
}

/**
 * Returns a function that takes a stream's next bytes and returns the frames that are whole now.
 * It throws a CommandError for a frame that is longer than any of ours.
 */
export function frameDecoder(): (bytes: Uint8Array) => readonly Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const frames: Frame[] = [];
    while (rest.length >= HEAD_BYTES) {
      const length = rest.readUInt32BE(1);
      if (length > MAX_DATA_BYTES) {
        throw new CommandError("run-inside", undefined, `invalid answer: a frame of ${length} bytes`);
      }
      if (rest.length < HEAD_BYTES + length) {
        break;
      }
      const end = HEAD_BYTES + length;
      frames.push({ letter: rest.toString("latin1", 0, 1), data: rest.subarray(HEAD_BYTES, end) });
      rest = rest.subarray(end);
    }
    return frames;
  };
}
