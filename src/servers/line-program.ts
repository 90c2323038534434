import type { Command, Host } from "../system/host.ts";

/** A program that runs beside us and reports its progress, a line at a time. It ends when we do. */
export interface LineProgram {
  /** Lines of its output so far. */
  readonly lines: readonly string[];
  /** Returns why it ended; undefined while it runs. */
  ended(): string | undefined;
  /** Settles when it has ended in any way. */
  readonly end: Promise<void>;
}

export function startLineProgram(host: Host, command: Command): LineProgram {
  const lines: string[] = [];
  let ended: string | undefined;
  const end = host.run(command, { onLine: (line) => void lines.push(line) }).then(
    () => {
      ended = "it ended";
    },
    (error: unknown) => {
      ended = error instanceof Error ? error.message : String(error);
    },
  );
  return { lines, ended: () => ended, end };
}
