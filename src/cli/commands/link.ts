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
  readonly endpoint: string;
  readonly peer: string | undefined;
}

interface UpOptions extends GlobalOptions {
  readonly endpoint: string | undefined;
  readonly peer: string | undefined;
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
    .positional("endpoint", {
      type: "string",
      describe: "One end: spine1, leaf1:ens4, server1-3-1, a host interface or a bridge",
    })
    .positional("peer", { type: "string", describe: "The other end, where ENDPOINT alone is ambiguous" });

const lsCommand = command({
  command: "ls",
  describe: "List links with their ends, bridge, host interfaces and state",
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
  command: "down <endpoint> [peer]",
  describe: "Take a link down: both ends lose carrier",
  builder: withEnds,
  run: (options) =>
    changeWire(options, "down", async ({ host }, machines, wire) => {
      const { takeWireDown } = await import("../../faults/change.ts");
      await takeWireDown(host, machines, wire);
    }),
});

const blackhole = (name: string, describe: string | false) =>
  command<WireOptions>({
    command: `${name} <endpoint> [peer]`,
    describe,
    builder: withEnds,
    run: (options) =>
      changeWire(options, "blackhole", async ({ host }, _, wire) => {
        const { silenceWire } = await import("../../faults/change.ts");
        await silenceWire(host, wire);
      }),
  });

const blackholeCommand = blackhole("blackhole", "Blackhole a link: drop every frame, keep carrier");
/** The command's former name. */
const silenceCommand = blackhole("silence", false);

const impairCommand = command<ImpairOptions>({
  command: "impair <endpoint> [peer]",
  describe: "Drop, delay or rate-limit a link's frames in both directions",
  builder: (parser) =>
    withEnds(parser)
      .option("loss", { type: "string", requiresArg: true, describe: "Packet loss each way: 1%" })
      .option("delay", { type: "string", requiresArg: true, describe: "Delay each way: 10ms" })
      .option("jitter", { type: "string", requiresArg: true, describe: "Variation of the delay: 2ms" })
      .option("rate", { type: "string", requiresArg: true, describe: "Rate limit each way: 100mbit" }),
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
  command: "up [endpoint] [peer]",
  describe: "Clear all faults on a link, or on all links",
  builder: (parser) =>
    withEnds(parser).option("all", {
      type: "boolean",
      default: false,
      describe: "Clear all faults on all links",
    }),
  run: async (options) => {
    const { clearWire } = await import("../../faults/change.ts");
    const clear: WireChange = ({ host }, machines, wire) => clearWire(host, machines, wire);
    const { endpoint, peer, all } = options;
    if (all === (endpoint !== undefined)) {
      throw new UsageError("give either an ENDPOINT or --all\nSee 'ikvswitch link up --help'.");
    }
    if (endpoint === undefined) {
      await clearAll(options);
    } else {
      await changeWire({ ...options, endpoint, peer }, "up", clear);
    }
  },
});

export const linkCommand: CommandModule = commandGroup("link", "Manage links and inject faults", [
  lsCommand,
  downCommand,
  upCommand,
  blackholeCommand,
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
  const wire = selectWire(
    fabric,
    options.peer === undefined ? [options.endpoint] : [options.endpoint, options.peer],
  );
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
    throw new UsageError(`missing interface ${names.join(" and ")}: the host network or the switch is down`);
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
      cleared.length === 0 ? "No link has a fault." : cleared.map(({ name }) => `${name}: up`).join("\n"),
    );
  }
}
