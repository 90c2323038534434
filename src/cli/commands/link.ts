import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../../errors.ts";
import type { Wire } from "../../fabric/types.ts";
import type { WireState } from "../../faults/wire-state.ts";
import { command, commandGroup } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { lockFabric } from "../lock-network.ts";
import { print, printJson } from "../output.ts";
import { fabricMachines } from "../place.ts";

interface WireOptions extends GlobalOptions {
  readonly a: string;
  readonly b: string | undefined;
}

interface UpOptions extends GlobalOptions {
  readonly a: string | undefined;
  readonly b: string | undefined;
  readonly all: boolean;
}

interface ImpairOptions extends WireOptions {
  readonly loss: string | undefined;
  readonly delay: string | undefined;
  readonly jitter: string | undefined;
  readonly rate: string | undefined;
}

const withEnds = (parser: Argv): Argv =>
  parser
    .positional("a", {
      type: "string",
      describe: "spine1, leaf1:ens4, server1-3-1, an interface or a bridge",
    })
    .positional("b", { type: "string", describe: "The other end, where the first does not say which wire" });

const lsCommand = command({
  command: "ls",
  describe: "Show every wire: its ends, bridge, host interfaces and state",
  run: async (options) => {
    const { host, fabric } = await loadContext(options);
    const { observeWires } = await import("../../faults/observe.ts");
    const { formatWires, wireReport } = await import("../../faults/format.ts");
    const wires = await observeWires(host, fabric);
    if (options.json) {
      printJson(wires.map(wireReport));
    } else {
      print(formatWires(wires));
    }
  },
});

const downCommand = command<WireOptions>({
  command: "down <a> [b]",
  describe: "Pull a wire out: both its ends see their carrier go",
  builder: withEnds,
  run: (options) =>
    changeWire(options, "down", async ({ host }, machines, wire) => {
      const { takeWireDown } = await import("../../faults/change.ts");
      await takeWireDown(host, machines, wire);
    }),
});

const silenceCommand = command<WireOptions>({
  command: "silence <a> [b]",
  describe: "Let all frames of a wire vanish; its ends keep their carrier and are not told",
  builder: withEnds,
  run: (options) =>
    changeWire(options, "silence", async ({ host }, _, wire) => {
      const { silenceWire } = await import("../../faults/change.ts");
      await silenceWire(host, wire);
    }),
});

const impairCommand = command<ImpairOptions>({
  command: "impair <a> [b]",
  describe: "Lose, delay or slow down a wire's frames, in both directions",
  builder: (parser) =>
    withEnds(parser)
      .option("loss", { type: "string", requiresArg: true, describe: "Frames lost each way: 1%" })
      .option("delay", { type: "string", requiresArg: true, describe: "Delay each way: 10ms" })
      .option("jitter", { type: "string", requiresArg: true, describe: "How far the delay varies: 2ms" })
      .option("rate", { type: "string", requiresArg: true, describe: "Bits per second each way: 100mbit" }),
  run: async (options) => {
    const { parseImpairment } = await import("../../faults/impairment.ts");
    const impairment = parseImpairment(options);
    await changeWire(options, "impair", async ({ host }, _, wire) => {
      const { impairWire } = await import("../../faults/change.ts");
      await impairWire(host, wire, impairment);
    });
  },
});

const upCommand = command<UpOptions>({
  command: "up [a] [b]",
  describe: "Take all faults of a wire back, or of all wires",
  builder: (parser) =>
    withEnds(parser).option("all", { type: "boolean", default: false, describe: "Every wire" }),
  run: async (options) => {
    const { clearWire } = await import("../../faults/change.ts");
    const clear: WireChange = ({ host }, machines, wire) => clearWire(host, machines, wire);
    const { a, b, all } = options;
    if (all === (a !== undefined)) {
      throw new UsageError("say which wire, or --all");
    }
    if (a === undefined) {
      await clearAll(options);
    } else {
      await changeWire({ ...options, a, b }, "up", clear);
    }
  },
});

export const linkCommand: CommandModule = commandGroup("link", "Wires, and faults of them on purpose", [
  lsCommand,
  downCommand,
  upCommand,
  silenceCommand,
  impairCommand,
]);

type Machines = import("../../nodes/machines.ts").Machines;
type WireChange = (context: Context, machines: Machines, wire: WireState) => Promise<void>;

async function changeWire(options: WireOptions, action: string, change: WireChange): Promise<void> {
  const context = await loadContext(options);
  const { fabric } = context;
  const { selectWire } = await import("../../faults/select.ts");
  const { explainState, wireReport } = await import("../../faults/format.ts");
  const wire = selectWire(fabric, options.b === undefined ? [options.a] : [options.a, options.b]);
  const after = await lockFabric(context, `link ${action}`, async () => {
    const machines = await fabricMachines(context);
    await change(context, machines, await observeWire(context, wire));
    return observeWire(context, wire);
  });
  if (options.json) {
    printJson(wireReport(after));
  } else {
    print(explainState(after));
  }
}

async function observeWire({ host, fabric }: Context, wire: Wire): Promise<WireState> {
  const { observeWires } = await import("../../faults/observe.ts");
  const state = (await observeWires(host, fabric)).find(({ bridge }) => bridge === wire.bridge.name);
  if (state === undefined || state.state === "missing") {
    const present = new Set(state?.ends.map((end) => end.interface));
    const names = wire.interfaces.map(({ name }) => name).filter((name) => !present.has(name));
    throw new UsageError(
      `there is no ${names.join(" and no ")}: the host network is not up, or a switch is off whose interfaces come with it`,
    );
  }
  return state;
}

async function clearAll(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, fabric } = context;
  const { clearWire } = await import("../../faults/change.ts");
  const { observeWires } = await import("../../faults/observe.ts");
  const cleared = await lockFabric(context, "link up", async () => {
    const machines = await fabricMachines(context);
    const faulty = (await observeWires(host, fabric)).filter(
      ({ state }) => state !== "up" && state !== "missing",
    );
    for (const wire of faulty) {
      await clearWire(host, machines, wire);
    }
    return faulty;
  });
  if (options.json) {
    printJson({ cleared: cleared.map(({ name }) => name) });
  } else {
    print(
      cleared.length === 0 ? "No wire has a fault." : cleared.map(({ name }) => `${name}: up`).join("\n"),
    );
  }
}
