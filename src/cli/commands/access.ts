import type { Argv, CommandModule } from "yargs";
import type { Backend } from "../../backends/model/backend.ts";
import { UsageError } from "../../errors.ts";
import type { Node } from "../../fabric/types.ts";
import { command } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { demandRunning } from "../demand-running.ts";
import { findNode } from "../find-node.ts";
import { type LogOptions, showLog, withLogOptions } from "../follow-log.ts";
import { print, tell } from "../output.ts";
import { fabricMachines, placeOf } from "../place.ts";
import { printDocument } from "../print-document.ts";

interface NodeOptions extends GlobalOptions {
  readonly node: string;
}

interface CommandOptions extends NodeOptions {
  /** The words after the switch's name. */
  readonly "--"?: readonly string[];
}

/** Defines the command of that form, whose `run` gets the node that the user named. */
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
      builder(
        parser.positional("node", { type: "string", describe: "Switch: internet, spine1, leaf3, ..." }),
      ),
    run: async (options) => {
      const context = await loadContext(options);
      await run(context, findNode(context.fabric, options.node), options);
    },
  });
}

export const sshCommand = nodeCommand<CommandOptions>(
  "ssh <node>",
  "Log in to a switch over SSH, or run a command there",
  (parser) =>
    parser
      .usage(
        "$0 ssh <node> [command [arguments]]\n\nLog in to a switch over SSH, or run a command there.\n\nThe words after the switch's name are passed to ssh unchanged.",
      )
      .example("$0 ssh leaf3 vtysh -c 'show bgp summary'", "run a program")
      .example("$0 ssh leaf3 'ip route | wc -l'", "quoted: run a line of shell"),
  async ({ host, settings }, node, { "--": words = [] }) => {
    const { sshCommandLine } = await import("../../nodes/ssh.ts");
    const { statePaths } = await import("../../nodes/state-paths.ts");
    // Without its files, ssh itself would continue and print misleading messages.
    if ((await host.stat(statePaths(settings.stateDir).toolKey)) === undefined) {
      throw new UsageError("no SSH keys yet; run 'ikvswitch up'");
    }
    process.exitCode = await host.runInteractive(sshCommandLine(settings.stateDir, node, words));
  },
);

export const consoleCommand = nodeCommand(
  "console <node>",
  "Attach to a switch's serial console (detach with Ctrl-])",
  (parser) => parser,
  async (context, node) => {
    const { host, settings } = context;
    const consoles = await demandPart(context, "console", "serial console", `ikvswitch ssh ${node.name}`);
    await demandRunning(context, node);
    tell(
      `Connected to the serial console of ${node.name}. Press Enter for the login prompt, Ctrl-] to detach.`,
    );
    const reason = await consoles.attach(host, settings.runDir, node.name, {
      input: process.stdin,
      output: process.stdout,
    });
    tell(`\n${reason === "escape" ? "Detached" : `${node.name} powered off`}.`);
  },
);

export const vncCommand = nodeCommand<NodeOptions & { readonly open: boolean }>(
  "vnc <node>",
  "Show the address of a switch's VNC console, or open it",
  (parser) =>
    parser.option("open", {
      type: "boolean",
      default: false,
      describe: "Open it with vncviewer (Debian package: tigervnc-viewer)",
    }),
  async (context, node, { open, json }) => {
    const { host, settings } = context;
    const vnc = await demandPart(context, "vnc", "VNC console", `ikvswitch ssh ${node.name}`);
    await demandRunning(context, node);
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
      printDocument("vnc", { ...endpoint, password });
    } else {
      const { vnc: password } = await readConsolePasswords(host, settings);
      print(`${address}:${endpoint.port}`);
      if (password !== null) {
        tell(`Password: ${password}`);
      }
    }
  },
);

export const logsCommand = nodeCommand<NodeOptions & LogOptions>(
  "logs <node>",
  "Print a switch's log: its serial console, or its programs' output (netns)",
  withLogOptions,
  async (context, node, options) => {
    const machines = await fabricMachines(context);
    const read = () => (options.qemu ? emulatorLog(context, node) : machines.log(node.name));
    const first = await read();
    if (first === "") {
      // Nothing was written: the switch boots, or was never started.
      await demandRunning(context, node);
    }
    await showLog(options, (log) => ["logs", { node: node.name, log }], first, read);
  },
);

/** The log of a switch's QEMU process. */
async function emulatorLog(context: Context, node: Node): Promise<string> {
  const emulator = await demandPart(context, "emulator", "QEMU", `ikvswitch logs ${node.name}`);
  return emulator.log(context.host, context.settings.runDir, node.name);
}

/** @throws UsageError if the backend has no such part. */
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
    throw new UsageError(`the ${backend.name} backend has no ${what}; try '${instead}'`);
  }
  return found;
}
