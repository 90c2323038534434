import { isEnclosed, outsidePath } from "../../enclosure/inside.ts";
import { productPath } from "../../system/product-path.ts";
import { command } from "../command.ts";
import { commandHost, type GlobalOptions, loadContext } from "../context.ts";
import { nameIn, ownProgram, programToEnter } from "../enclose.ts";
import { print } from "../output.ts";

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

export const sshConfigCommand = command({
  command: "ssh-config",
  describe: "Print the lines for ~/.ssh/config with which 'ssh leaf3' works",
  builder: (parser) =>
    parser.example("$0 ssh-config >~/.ssh/ikvswitch", "then add 'Include ikvswitch' to ~/.ssh/config"),
  run: async (options) => {
    const { settings, fabric } = await loadContext(options);
    const { sshConfig } = await import("../../nodes/ssh-config.ts");
    const { statePaths } = await import("../../nodes/state-paths.ts");
    const { wantsSshPort } = await import("../../enclosure/ssh-port.ts");
    const { toolKey, knownHosts } = statePaths(settings.stateDir);
    const { env } = process;
    const name = nameIn(process.argv.slice(2));
    const named = name === undefined ? [] : ["--name", name];
    print(
      sshConfig(fabric, {
        toolKey: outsidePath(env, toolKey),
        knownHosts: outsidePath(env, knownHosts),
        internetPort: wantsSshPort(settings) ? settings.internetSshPort : null,
        proxy: isEnclosed(env)
          ? [...ownProgram(), ...named, "enter", "--", "perl", productPath("libexec/enclosure/connect")]
          : null,
      }),
    );
  },
});
