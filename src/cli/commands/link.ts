import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../../errors.ts";
import type { Link } from "../../fabric/types.ts";
import type { LinkState } from "../../faults/link-state.ts";
import { command, commandGroup } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { lockFabric } from "../lock-network.ts";
import { print } from "../output.ts";
import { fabricMachines } from "../place.ts";
import { printDocument } from "../print-document.ts";

interface LinkOptions extends GlobalOptions {
  readonly endpoint: string;
  readonly peer: string | undefined;
}

interface UpOptions extends GlobalOptions {
  readonly endpoint: string | undefined;
  readonly peer: string | undefined;
  readonly all: boolean;
}

interface ImpairOptions extends LinkOptions {
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
    .positional("peer", { type: "string", describe: "The other end, if ENDPOINT alone is ambiguous" });

const lsCommand = command({
  command: "ls",
  describe: "List links with their ends, bridge, host interfaces and state",
  run: async (options) => {
    const { host, fabric } = await loadContext(options);
    const { observeLinks } = await import("../../faults/observe.ts");
    const { formatLinks, linkReport } = await import("../../faults/format.ts");
    const links = await observeLinks(host, fabric);
    if (options.json) {
      printDocument("link ls", { links: links.map(linkReport) });
    } else {
      print(formatLinks(links));
    }
  },
});

const downCommand = command<LinkOptions>({
  command: "down <endpoint> [peer]",
  describe: "Take a link down: both ends lose carrier",
  builder: withEnds,
  run: (options) =>
    changeLink(options, "down", async ({ host }, machines, link) => {
      const { takeLinkDown } = await import("../../faults/change.ts");
      await takeLinkDown(host, machines, link);
    }),
});

const blackhole = (name: string, describe: string | false) =>
  command<LinkOptions>({
    command: `${name} <endpoint> [peer]`,
    describe,
    builder: withEnds,
    run: (options) =>
      changeLink(options, "blackhole", async ({ host }, _, link) => {
        const { blackholeLink } = await import("../../faults/change.ts");
        await blackholeLink(host, link);
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
    await changeLink(options, "impair", async ({ host }, _, link) => {
      const { impairLink } = await import("../../faults/change.ts");
      await impairLink(host, link, impairment);
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
    const { clearLink } = await import("../../faults/change.ts");
    const clear: LinkChange = ({ host }, machines, link) => clearLink(host, machines, link);
    const { endpoint, peer, all } = options;
    if (all === (endpoint !== undefined)) {
      throw new UsageError("give either an ENDPOINT or --all\nSee 'ikvswitch link up --help'.");
    }
    if (endpoint === undefined) {
      await clearAll(options);
    } else {
      await changeLink({ ...options, endpoint, peer }, "up", clear);
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
type LinkChange = (context: Context, machines: Machines, link: LinkState) => Promise<void>;

async function changeLink(options: LinkOptions, action: string, change: LinkChange): Promise<void> {
  const context = await loadContext(options);
  const { fabric } = context;
  const { selectLink } = await import("../../faults/select.ts");
  const { explainState, linkReport } = await import("../../faults/format.ts");
  const link = selectLink(
    fabric,
    options.peer === undefined ? [options.endpoint] : [options.endpoint, options.peer],
  );
  const after = await lockFabric(context, `link ${action}`, async () => {
    const machines = await fabricMachines(context);
    await change(context, machines, await observeLink(context, link));
    return observeLink(context, link);
  });
  if (options.json) {
    printDocument("link", linkReport(after));
  } else {
    print(explainState(after));
  }
}

async function observeLink({ host, fabric }: Context, link: Link): Promise<LinkState> {
  const { observeLinks } = await import("../../faults/observe.ts");
  const state = (await observeLinks(host, fabric)).find(({ bridge }) => bridge === link.bridge.name);
  if (state === undefined || state.state === "missing") {
    const present = new Set(state?.ends.map((end) => end.interface));
    const names = link.interfaces.map(({ name }) => name).filter((name) => !present.has(name));
    throw new UsageError(`missing interface ${names.join(" and ")}: the host network or the switch is down`);
  }
  return state;
}

async function clearAll(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, fabric } = context;
  const { clearLink } = await import("../../faults/change.ts");
  const { observeLinks } = await import("../../faults/observe.ts");
  const cleared = await lockFabric(context, "link up", async () => {
    const machines = await fabricMachines(context);
    const faulty = (await observeLinks(host, fabric)).filter(
      ({ state }) => state !== "up" && state !== "missing",
    );
    for (const link of faulty) {
      await clearLink(host, machines, link);
    }
    return faulty;
  });
  if (options.json) {
    printDocument("link clear", { cleared: cleared.map(({ name }) => name) });
  } else {
    print(
      cleared.length === 0 ? "No link has a fault." : cleared.map(({ name }) => `${name}: up`).join("\n"),
    );
  }
}
