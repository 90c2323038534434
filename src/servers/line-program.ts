import type { Command, Host } from "../system/host.ts";

/** A program that runs beside us and tells what it does, a line at a time. It ends when we do. */
export interface LineProgram {
  /** Lines that it has said so far. */
  readonly lines: readonly string[];
  /** Why it ended, once it has. */
  ended(): string | undefined;
  /** Settles when it has ended, however. */
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
