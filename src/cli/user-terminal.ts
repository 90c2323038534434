import { UsageError } from "../errors.ts";
import type { ProgramTerminal } from "../nodes/streams.ts";
import type { Host } from "../system/host.ts";

const TYPE = /^[a-zA-Z0-9][\w.+-]{0,63}$/;

/**
 * Passes each key to a program in a switch, Ctrl-C too, while that runs.
 * @throws UsageError if standard input or output is no terminal.
 */
export async function withTerminal<T>(
  host: Host,
  work: (terminal: ProgramTerminal) => Promise<T>,
): Promise<T> {
  const { stdin, stdout, env } = process;
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new UsageError("-t needs a terminal as standard input and output; leave it out");
  }
  const restore = () => stdin.setRawMode(false);
  const listeners: (() => void)[] = [];
  const type = env.TERM ?? "";
  // Also if the process is ended by a second signal.
  process.once("exit", restore);
  stdin.setRawMode(true);
  try {
    // Node's raw mode still turns a line feed into two characters, which programs that draw don't expect.
    await host.run({ file: "sh", args: ["-c", "stty -opost </dev/tty"] }, { okExitCodes: "any" });
    return await work({
      type: TYPE.test(type) ? type : "vt100",
      size: () => ({ rows: stdout.rows, columns: stdout.columns }),
      onResize: (listener) => {
        listeners.push(listener);
        stdout.on("resize", listener);
      },
    });
  } finally {
    restore();
    process.off("exit", restore);
    for (const listener of listeners) {
      stdout.off("resize", listener);
    }
  }
}
