import { passOn } from "./output.ts";

/** A line that is longer is shown in pieces. */
const MAX_LINE = 64 * 1024;

/** Output of one of several programs that run at the same time. */
export interface PrefixedLines {
  /** Writes the lines that are whole now, each after the prefix. */
  add(bytes: Uint8Array): Promise<void>;
  /** Writes the rest as a line. */
  end(): Promise<void>;
}

export function prefixLines(to: "stdout" | "stderr", prefix: string): PrefixedLines {
  // A character's bytes may come in two pieces.
  const decoder = new TextDecoder();
  let rest = "";
  const write = (lines: readonly string[]) =>
    lines.length === 0 ? Promise.resolve() : passOn(lines.map((line) => `${prefix}${line}\n`).join(""), to);
  return {
    add: (bytes) => {
      const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE) {
        lines.push(rest);
        rest = "";
      }
      return write(lines);
    },
    end: () => {
      const last = `${rest}${decoder.decode()}`;
      rest = "";
      return write(last === "" ? [] : [last]);
    },
  };
}
