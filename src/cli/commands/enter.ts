import { command } from "../command.ts";
import { commandHost, type GlobalOptions } from "../context.ts";
import { programToEnter } from "../enclose.ts";

interface EnterOptions extends GlobalOptions {
  readonly "--"?: readonly string[];
}

/** Runs for root: of an ordinary user, the enclosure runs the program itself. */
export const enterCommand = command<EnterOptions>({
  command: "enter",
  describe: "Start a shell, or run a command, where the fabric's links are",
  builder: (parser) =>
    parser
      .usage(
        "$0 enter [-- command [arguments]]\n\nStart a shell, or run a command, where the fabric's links are: for an ordinary user, as root of the\nuser's own namespaces; for root, on this host itself.",
      )
      .example("$0 enter", "a shell, for ip, tcpdump and iptables")
      .example("$0 enter -- ping 192.168.98.6", "reach leaf3 from the host's side of the fabric"),
  run: async ({ "--": words = [] }) => {
    const host = await commandHost();
    const [file = "", ...args] = programToEnter(words);
    process.exitCode = await host.runInteractive({ file, args });
  },
});
