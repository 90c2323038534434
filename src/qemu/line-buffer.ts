const NEWLINE = 0x0a;
/** Memory overhead of a line, however short. */
const LINE_BYTES = 256;

/** The lines of a stream that arrives in chunks of any size. */
export interface LineBuffer {
  /** Adds the next chunk. Returns true if a whole line is available. */
  push(chunk: Buffer): boolean;
  /** Takes the next whole line, without its newline; undefined if there is none yet. */
  take(): Buffer | undefined;
  /** Memory used by all data not yet taken. */
  readonly waitingBytes: number;
}

export function lineBuffer(): LineBuffer {
  /** Whole lines, of which the first `taken` were taken, and the pieces of the incomplete one. */
  let lines: Buffer[] = [];
  let taken = 0;
  const pieces: Buffer[] = [];
  let waitingBytes = 0;
  return {
    get waitingBytes() {
      return waitingBytes;
    },
    push: (chunk) => {
      waitingBytes += chunk.length;
      let start = 0;
      for (let stop = chunk.indexOf(NEWLINE); stop >= 0; stop = chunk.indexOf(NEWLINE, start)) {
        lines.push(Buffer.concat([...pieces.splice(0), chunk.subarray(start, stop)]));
        waitingBytes += LINE_BYTES;
        start = stop + 1;
      }
      pieces.push(chunk.subarray(start));
      return lines.length > taken;
    },
    take: () => {
      const line = lines[taken];
      if (line === undefined) {
        return undefined;
      }
      taken += 1;
      if (taken === lines.length) {
        lines = [];
        taken = 0;
      }
      waitingBytes -= line.length + 1 + LINE_BYTES;
      return line;
    },
  };
}
