const NEWLINE = 0x0a;
/** What it takes to keep a line, however short. */
const LINE_BYTES = 256;

/** The lines of a stream that comes in pieces of any size. */
export interface LineBuffer {
  /** Add what came next. True where a whole line waits to be taken. */
  push(chunk: Buffer): boolean;
  /** Take the next whole line, without its newline; undefined where there is none yet. */
  take(): Buffer | undefined;
  /** What it takes to keep all that was not taken. */
  readonly waitingBytes: number;
}

export function lineBuffer(): LineBuffer {
  /** Whole lines, the first `taken` of which were taken; and the pieces of the one that is not complete. */
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
