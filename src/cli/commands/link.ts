import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../../errors.ts";
import type { LinkChange } from "../../lab/link-faults.ts";
import { command, commandGroup } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { labOf } from "../lab-of.ts";
import { print } from "../output.ts";
import { fabricHosts } from "../place.ts";
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
    const context = await loadContext(options);
    const { observeLinks } = await import("../../faults/observe.ts");
    const { formatLinks, linkReport } = await import("../../faults/format.ts");
    const links = await observeLinks(await fabricHosts(context), context.fabric);
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
  run: (options) => changeNamedLink(options, { kind: "down" }),
});

const blackhole = (name: string, describe: string | false) =>
  command<LinkOptions>({
    command: `${name} <endpoint> [peer]`,
    describe,
    builder: withEnds,
    run: (options) => changeNamedLink(options, { kind: "blackhole" }),
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
    await changeNamedLink(options, { kind: "impair", impairment: parseImpairment(options) });
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
    const { endpoint, peer, all } = options;
    if (all === (endpoint !== undefined)) {
      throw new UsageError("give either an ENDPOINT or --all\nSee 'ikvswitch link up --help'.");
    }
    if (endpoint === undefined) {
      await clearAll(options);
    } else {
      await changeNamedLink({ ...options, endpoint, peer }, { kind: "up" });
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

async function changeNamedLink(options: LinkOptions, change: LinkChange): Promise<void> {
  const context = await loadContext(options);
  const { selectLink } = await import("../../faults/select.ts");
  const { explainState, linkReport } = await import("../../faults/format.ts");
  const { changeLink } = await import("../../lab/link-faults.ts");
  const link = selectLink(
    context.fabric,
    options.peer === undefined ? [options.endpoint] : [options.endpoint, options.peer],
  );
  const after = await changeLink(labOf(context), link, change);
  if (options.json) {
    printDocument("link", linkReport(after));
  } else {
    print(explainState(after));
  }
}

async function clearAll(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { clearAllLinks } = await import("../../lab/link-faults.ts");
  const cleared = await clearAllLinks(labOf(context));
  if (options.json) {
    printDocument("link clear", { cleared: cleared.map(({ name }) => name) });
  } else {
    print(
      cleared.length === 0 ? "No link has a fault." : cleared.map(({ name }) => `${name}: up`).join("\n"),
    );
  }
}
