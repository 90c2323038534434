import { setTimeout as sleep } from "node:timers/promises";
import { NotRunningError, UsageError } from "../../errors.ts";
import { formatTimeOfDay } from "../../format/time.ts";
import type { LinkRate } from "../../traffic/rates.ts";
import { command } from "../command.ts";
import { endByInterrupt, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { canRedraw, print, redraw, terminalColumns } from "../output.ts";
import { fabricHosts } from "../place.ts";
import { printDocument, printDocumentLine } from "../print-document.ts";
import { showOrWatch } from "../watch.ts";

interface TopOptions extends GlobalOptions {
  /** Seconds. */
  readonly interval: number;
  readonly once: boolean;
  readonly host: boolean;
}

/** Lines above and below the links: time, column heads, the number of omitted links. */
const OTHER_LINES = 4;

export const topCommand = command<TopOptions>({
  command: "top",
  describe: "Show packets and bits per second of every link, busiest first",
  builder: (parser) =>
    parser
      .option("interval", {
        type: "number",
        default: 1,
        requiresArg: true,
        describe: "Seconds between samples (default: 1)",
      })
      .option("once", { type: "boolean", default: false, describe: "Sample twice and exit" })
      .option("host", {
        type: "boolean",
        default: false,
        describe: "Show processors, memory and disk: what the host has, and what VMs in the racks take",
      }),
  run: (options) => (options.host ? showHost(options) : showLinks(options)),
});

/** Returns as many links as the terminal has lines for; where it is too narrow, each takes two. */
function fitRates(format: (most: number) => string): string {
  const lines = Math.max(1, (process.stdout.rows || 24) - OTHER_LINES);
  const text = format(lines);
  const width = Math.max(...text.split("\n").map((line) => line.length));
  return width <= (terminalColumns() ?? width) ? text : format(Math.max(1, Math.floor(lines / 2)));
}

async function showHost(options: TopOptions): Promise<void> {
  checkInterval(options);
  const { host, settings } = await loadContext(options);
  const { observeHostUse } = await import("../../vms/host-use.ts");
  const { formatHostUse } = await import("../../vms/format.ts");
  const watching = { ...options, watch: !options.once, interval: `${options.interval}s` };
  await showOrWatch(
    watching,
    () => observeHostUse(host, settings),
    formatHostUse,
    (use) => ["top host", use],
  );
}

function checkInterval({ interval }: TopOptions): void {
  if (!(interval > 0)) {
    throw new UsageError("invalid value of --interval: not a number of seconds above 0");
  }
}

async function showLinks(options: TopOptions): Promise<void> {
  checkInterval(options);
  const context = await loadContext(options);
  const { sampleCounters } = await import("../../traffic/counters.ts");
  const { linkRates } = await import("../../traffic/rates.ts");
  const { linksOf } = await import("../../fabric/ends.ts");
  const { formatRates } = await import("../../traffic/format.ts");
  const show = (rates: readonly LinkRate[]) => {
    if (options.json) {
      // With --once one formatted document, otherwise one line per sample.
      const printIt = options.once ? printDocument : printDocumentLine;
      printIt("top", { links: rates });
    } else if (canRedraw() && !options.once) {
      const heading = `${formatTimeOfDay(new Date().toISOString())}, every ${options.interval} s; Ctrl-C to quit\n\n`;
      redraw(`${heading}${fitRates((most) => formatRates(rates, most))}`);
    } else {
      print(`${formatRates(rates)}${options.once ? "" : "\n"}`);
    }
  };
  if (!options.once) {
    endByInterrupt();
  }
  const links = linksOf(context.fabric);
  const hosts = await fabricHosts(context);
  const first = await sampleCounters(hosts);
  if (!links.some(({ bridge }) => first.counters.has(bridge.name))) {
    throw new NotRunningError("there is no link; 'ikvswitch up' makes them");
  }
  for (let before = first; ; ) {
    await sleep(options.interval * 1000, undefined, { signal: interrupted });
    const after = await sampleCounters(hosts);
    show(linkRates(links, before, after));
    if (options.once) {
      return;
    }
    before = after;
  }
}
