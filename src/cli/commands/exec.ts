import { InterruptedError, UsageError } from "../../errors.ts";
import type { Fabric, Node } from "../../fabric/types.ts";
import type { ProgramStreams } from "../../nodes/streams.ts";
import { command } from "../command.ts";
import { type Context, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { demandRunning } from "../demand-running.ts";
import { ExitCode } from "../exit-codes.ts";
import { findNode } from "../find-node.ts";
import { onReaderLeft, passOnBytes, tellFailure } from "../output.ts";
import { prefixLines } from "../prefix-lines.ts";
import { describeError, reportFailure } from "../report-error.ts";
import { withTerminal } from "../user-terminal.ts";

const ROLES = ["internet", "spine", "leaf"] as const;

interface ExecOptions extends GlobalOptions {
  readonly node: string | undefined;
  readonly all: boolean;
  readonly role: (typeof ROLES)[number] | undefined;
  readonly tty: boolean;
  readonly "--"?: readonly string[];
}

export const execCommand = command<ExecOptions>({
  command: "exec [node]",
  describe: "Run a command in switches, without using their network",
  builder: (parser) =>
    parser
      .usage(
        "$0 exec [options] <node>[,<node>...] <command> [arguments]\n\nRun a command in switches, without using their network: through the guest agent of a virtual machine,\nor directly in a network namespace. One switch's command gets standard input. Ctrl-C ends the command.",
      )
      .positional("node", { type: "string", describe: "Switch, or several: leaf3, or leaf1,leaf2" })
      .option("all", { type: "boolean", default: false, describe: "In all switches, in parallel" })
      .option("role", { choices: ROLES, requiresArg: true, describe: "In all switches of this role" })
      .option("tty", {
        alias: "t",
        type: "boolean",
        default: false,
        describe: "Give the command a terminal (one switch only)",
      })
      .option("interactive", {
        alias: "i",
        type: "boolean",
        default: false,
        describe: "Pass standard input, which is always done; for -it, as other programs have it",
      })
      .example("$0 exec leaf3 ip -br address", "show leaf3's addresses, even if its routing is broken")
      .example("$0 exec -it leaf3 vtysh", "leaf3's routing shell, with a terminal")
      .example("$0 exec --role leaf -- vtysh -c 'show bgp summary'", "ask all leaves at once"),
  run: async (options) => {
    const words = options["--"] ?? [];
    const context = await loadContext(options);
    const nodes = chosenNodes(context.fabric, options);
    if (words.length === 0) {
      throw new UsageError("missing argument: COMMAND\nSee 'ikvswitch exec --help'.");
    }
    const [node] = nodes;
    if (node !== undefined && nodes.length === 1) {
      await execInOne(context, node, words, options);
    } else if (options.tty) {
      throw new UsageError("-t is for one switch only; name one");
    } else {
      await execInSeveral(context, nodes, words, options);
    }
  },
});

/** @throws UsageError if switches are named in no or in more than one way. */
function chosenNodes(fabric: Fabric, { node, all, role }: ExecOptions): readonly Node[] {
  const ways = [node !== undefined, all, role !== undefined].filter(Boolean).length;
  if (ways !== 1) {
    throw new UsageError(
      ways === 0
        ? "missing argument: NODE\nSee 'ikvswitch exec --help'."
        : "NODE, --all and --role exclude each other; give one of them",
    );
  }
  if (node !== undefined) {
    return [...new Set(node.split(","))].map((name) => findNode(fabric, name));
  }
  return fabric.nodes.filter((candidate) => all || candidate.role === role);
}

async function execInOne(
  context: Context,
  node: Node,
  words: readonly string[],
  { tty, json }: ExecOptions,
): Promise<void> {
  const machines = await demandRunning(context, node);
  const output = { stdout: passOnBytes("stdout", tty), stderr: passOnBytes("stderr", tty) };
  const left = readerLeft();
  const streams = {
    input: process.stdin,
    output: (bytes: Uint8Array, to: "stdout" | "stderr") => output[to](bytes),
    interrupted: AbortSignal.any([interrupted, left]),
  };
  try {
    process.exitCode = tty
      ? await withTerminal(context.host, (terminal) =>
          machines.stream(node.name, program(words), { ...streams, terminal }),
        )
      : await machines.stream(node.name, program(words), { ...streams, terminal: null });
  } catch (error) {
    endIfInterrupted(left, json);
    throw error;
  }
  // A terminal that is still read would keep this process alive.
  process.stdin.unref?.();
}

/** Runs it in all of them, and sets the first exit code, in the order of the switches, that is not 0. */
async function execInSeveral(
  context: Context,
  nodes: readonly Node[],
  words: readonly string[],
  { json }: ExecOptions,
): Promise<void> {
  const width = Math.max(...nodes.map(({ name }) => name.length));
  const left = readerLeft();
  const signal = AbortSignal.any([interrupted, left]);
  const codes = await Promise.all(
    nodes.map(async (node) => {
      const prefix = `${node.name.padEnd(width)} | `;
      const lines = { stdout: prefixLines("stdout", prefix), stderr: prefixLines("stderr", prefix) };
      const streams: ProgramStreams = {
        input: null,
        output: (bytes, to) => lines[to].add(bytes),
        terminal: null,
        interrupted: signal,
      };
      try {
        const machines = await demandRunning(context, node);
        return await machines.stream(node.name, program(words), streams);
      } catch (error) {
        if (signal.aborted) {
          return ExitCode.interrupted;
        }
        const { text, exitCode } = describeError(error);
        tellFailure(text.replaceAll(/^/gm, prefix));
        return exitCode;
      } finally {
        await Promise.all([lines.stdout.end(), lines.stderr.end()]);
      }
    }),
  );
  endIfInterrupted(left, json);
  process.exitCode = codes.find((code) => code !== 0) ?? 0;
}

/** The guest agent starts programs without a shell, so without a search path. */
function program(words: readonly string[]) {
  return { file: "/usr/bin/env", args: ["--", ...words] };
}

/** Returns a signal that is aborted when the reader of our output leaves, as `head` does. */
function readerLeft(): AbortSignal {
  const left = new AbortController();
  onReaderLeft(() => left.abort());
  return left.signal;
}

/** Exits at once: a conversation that is given up may still wait for a switch. */
function endIfInterrupted(left: AbortSignal, json: boolean): void {
  if (left.aborted) {
    process.exit(ExitCode.done);
  }
  if (interrupted.aborted) {
    reportFailure(describeError(new InterruptedError()), json);
    process.exit(ExitCode.interrupted);
  }
}
