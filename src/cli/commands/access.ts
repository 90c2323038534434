import type { Argv, CommandModule } from "yargs";
import type { Backend } from "../../backends/model/backend.ts";
import { UsageError } from "../../errors.ts";
import type { Node } from "../../fabric/types.ts";
import { command } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { findNode } from "../find-node.ts";
import { passOn, print, printJson, tell } from "../output.ts";
import { fabricMachines, placeOf } from "../place.ts";

const EXEC_TIMEOUT_MS = 10 * 60_000;

interface NodeOptions extends GlobalOptions {
  readonly node: string;
}

interface CommandOptions extends NodeOptions {
  /** What stands behind the switch's name. */
  readonly "--"?: readonly string[];
}

/** The command of that form, whose `run` is given the node that the user named. */
function nodeCommand<T extends NodeOptions>(
  form: string,
  describe: string,
  builder: (parser: Argv) => Argv,
  run: (context: Context, node: Node, options: T) => Promise<void>,
): CommandModule {
  return command<T>({
    command: form,
    describe,
    builder: (parser) =>
      builder(parser.positional("node", { type: "string", describe: "internet, spine1, leaf3, ..." })),
    run: async (options) => {
      const context = await loadContext(options);
      await run(context, findNode(context.fabric, options.node), options);
    },
  });
}

export const sshCommand = nodeCommand<CommandOptions>(
  "ssh <node>",
  "Log in to a switch over the fabric, or run a command there",
  (parser) =>
    parser
      .usage(
        "$0 ssh <node> [command [arguments]]\n\nLog in to a switch over the fabric, or run a command there",
      )
      .example("$0 ssh leaf3 vtysh -c 'show bgp summary'", "a program, each word as it is")
      .example("$0 ssh leaf3 'ip route | wc -l'", "one word: a line for leaf3's shell"),
  async ({ host, settings }, node, { "--": words = [] }) => {
    const { sshCommandLine } = await import("../../nodes/ssh.ts");
    const { statePaths } = await import("../../nodes/state-paths.ts");
    // ssh itself would go on without its files, and say much that does not help.
    if ((await host.stat(statePaths(settings.stateDir).toolKey)) === undefined) {
      throw new UsageError("there are no keys yet: `ikvswitch up` makes them");
    }
    process.exitCode = await host.runInteractive(sshCommandLine(settings.stateDir, node, words));
  },
);

export const execCommand = nodeCommand<CommandOptions>(
  "exec <node>",
  "Run a command in a switch through its inside channel, which works with the network down",
  (parser) =>
    parser
      .usage(
        "$0 exec <node> <command> [arguments]\n\nRun a command in a switch through its inside channel, which works with the network down",
      )
      .example("$0 exec leaf3 ip -br address", "leaf3's addresses, whatever its routing does"),
  async (context, node, { "--": words = [] }) => {
    if (words.length === 0) {
      throw new UsageError(`say what to run in ${node.name}`);
    }
    const machines = await fabricMachines(context);
    const result = await machines.exec(
      node.name,
      // Programs are started without a shell, and so without a search path.
      { file: "/usr/bin/env", args: ["--", ...words] },
      { timeoutMs: EXEC_TIMEOUT_MS, okExitCodes: "any" },
    );
    passOn(result.stdout);
    passOn(result.stderr, "stderr");
    process.exitCode = result.exitCode;
  },
);

export const consoleCommand = nodeCommand(
  "console <node>",
  "Open a switch's serial console; Ctrl-] leaves it",
  (parser) => parser,
  async (context, node) => {
    const { host, settings } = context;
    const consoles = await demandPart(context, "console", "serial console", `ikvswitch ssh ${node.name}`);
    tell(`Serial console of ${node.name}. Ctrl-] leaves it; Enter shows the login prompt.`);
    const reason = await consoles.attach(host, settings.runDir, node.name, {
      input: process.stdin,
      output: process.stdout,
    });
    tell(`\n${reason === "escape" ? "Left the console" : "The machine ended"}.`);
  },
);

export const vncCommand = nodeCommand<NodeOptions & { readonly open: boolean }>(
  "vnc <node>",
  "Print where a switch's VNC console listens, or open it",
  (parser) =>
    parser.option("open", {
      type: "boolean",
      default: false,
      describe: "Start vncviewer (Debian: tigervnc-viewer)",
    }),
  async (context, node, { open, json }) => {
    const { host, settings } = context;
    const vnc = await demandPart(context, "vnc", "VNC console", `ikvswitch ssh ${node.name}`);
    const { readConsolePasswords } = await import("../../nodes/console-passwords.ts");
    const address = vnc.listenAddress(settings);
    const endpoint = { address, port: node.machine.vncPort };
    if (open) {
      const reachable = address === "0.0.0.0" ? "127.0.0.1" : address;
      process.exitCode = await host.runInteractive({
        file: "vncviewer",
        args: [`${reachable}::${endpoint.port}`],
      });
    } else if (json) {
      const { vnc: password } = await readConsolePasswords(host, settings);
      printJson({ ...endpoint, password });
    } else {
      const { vnc: password } = await readConsolePasswords(host, settings);
      print(`${address}:${endpoint.port}`);
      if (password !== null) {
        tell(`Password: ${password}`);
      }
    }
  },
);

export const logsCommand = nodeCommand<NodeOptions & { readonly qemu: boolean }>(
  "logs <node>",
  "Print what a switch's serial console has shown, or its programs have said where it has none",
  (parser) =>
    parser.option("qemu", { type: "boolean", default: false, describe: "What QEMU itself said, instead" }),
  async (context, node, { qemu, json }) => {
    const text = qemu
      ? await emulatorLog(context, node)
      : await (await fabricMachines(context)).log(node.name);
    if (json) {
      printJson({ node: node.name, log: text });
    } else {
      passOn(text.endsWith("\n") ? text : `${text}\n`);
    }
  },
);

/** What QEMU says of itself. */
async function emulatorLog(context: Context, node: Node): Promise<string> {
  const emulator = await demandPart(context, "emulator", "QEMU", `ikvswitch logs ${node.name}`);
  return emulator.log(context.host, context.settings.runDir, node.name);
}

/** @throws UsageError where the switches have no such thing. */
async function demandPart<Part extends "console" | "vnc" | "emulator">(
  context: Context,
  part: Part,
  what: string,
  instead: string,
): Promise<NonNullable<Backend[Part]>> {
  const { currentBackend } = await import("../../backends/find.ts");
  const backend = await currentBackend(context.host, placeOf(context));
  const found = backend[part];
  if (found === undefined) {
    throw new UsageError(
      `the switches are ${backend.kind} (BACKEND=${backend.name}), and have no ${what}; try: ${instead}`,
    );
  }
  return found;
}
