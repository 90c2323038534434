import type { Argv } from "yargs";
import { CHECK_KINDS, type CheckKind, isCheckKind, KIND_MEANINGS } from "../../check/model/kinds.ts";
import type { CheckReport } from "../../check/model/report.ts";
import type { Selection } from "../../check/model/selection.ts";
import { UsageError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { formatTimeOfDay } from "../../format/time.ts";
import { command } from "../command.ts";
import { type Context, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { parseDuration } from "../duration.ts";
import { ExitCode } from "../exit-codes.ts";
import { selectNodes } from "../find-node.ts";
import { labOf } from "../lab-of.ts";
import { print, tell } from "../output.ts";
import { printDocument } from "../print-document.ts";
import { watch } from "../watch.ts";

interface CheckOptions extends GlobalOptions {
  readonly nodes: readonly string[];
  readonly only: string | undefined;
  readonly assert: readonly string[];
  readonly wait: string | undefined;
  readonly watch: boolean;
  readonly interval: string;
  readonly junit: string | undefined;
  readonly verbose: boolean;
}

/** Pause between attempts of --wait. */
const PAUSE_MS = 500;

export const checkCommand = command<CheckOptions>({
  command: "check [nodes..]",
  describe: "Verify the fabric against the plan (exit code 4: differences)",
  builder,
  run: runCheck,
});

function builder(parser: Argv): Argv {
  return parser
    .positional("nodes", {
      array: true,
      type: "string",
      describe: "Check only these switches: leaf1, spine2, ...",
    })
    .option("only", {
      type: "string",
      requiresArg: true,
      describe: `Run only these checks, separated by commas: ${CHECK_KINDS.join(", ")}`,
    })
    .option("assert", {
      type: "string",
      array: true,
      nargs: 1,
      default: [],
      describe:
        "File of further assertions, such as: reach leaf1 192.168.100.2 (repeatable; default: CHECK_FILE)",
    })
    .option("wait", {
      type: "string",
      requiresArg: true,
      describe:
        "Retry until every check passes, at most this long: 500ms, 60s, 2m (a quarter of it per answer)",
    })
    .option("watch", { type: "boolean", default: false, describe: "Repeat until Ctrl-C" })
    .option("interval", {
      type: "string",
      default: "2s",
      requiresArg: true,
      describe: "Pause between the rounds of --watch (default: 2s)",
    })
    .option("junit", {
      type: "string",
      requiresArg: true,
      describe: "Also write a JUnit XML report to this file",
    })
    .option("verbose", { type: "boolean", default: false, describe: "List passed checks, too" })
    .example("$0 check", "check the whole fabric")
    .example("$0 check --wait 60s --only bgp,loopback", "wait until routing works")
    .example("$0 check leaf1 leaf2 --verbose", "list every check of rack 1's leaves")
    .epilogue(
      `Checks:\n${CHECK_KINDS.map((kind) => `  ${kind.padEnd(14)} ${KIND_MEANINGS[kind]}`).join("\n")}`,
    );
}

async function runCheck(options: CheckOptions): Promise<void> {
  if (options.watch && options.wait !== undefined) {
    throw new UsageError("--watch and --wait are mutually exclusive");
  }
  const timeoutMs = options.wait === undefined ? 0 : parseDuration("--wait", options.wait);
  const intervalMs = parseDuration("--interval", options.interval);
  const context = await loadContext(options);
  const attempt = await prepareAttempt(context, options, timeoutMs);
  if (options.watch) {
    const { formatReport } = await import("../../check/output/table.ts");
    const format = (report: CheckReport) =>
      `${formatTimeOfDay(new Date().toISOString())}\n\n${formatReport(report, options)}\n`;
    const onShown = (report: CheckReport) => writeJunit(context, options, report);
    await watch({
      observe: attempt,
      format,
      document: (report) => ["check", report],
      intervalMs,
      json: options.json,
      onShown,
    });
    return;
  }
  const { checkUntilGood } = await import("../../check/wait.ts");
  const { formatReport, verdict } = await import("../../check/output/table.ts");
  const report = await checkUntilGood(attempt, {
    timeoutMs,
    pauseMs: PAUSE_MS,
    interrupted,
    onFailure: (seen) => options.json || tell(`${verdict(seen)} Retrying.`),
  });
  if (options.json) {
    printDocument("check", report);
  } else {
    print(formatReport(report, options));
  }
  await writeJunit(context, options, report);
  process.exitCode = report.asPlanned ? ExitCode.done : ExitCode.drift;
}

async function prepareAttempt(
  context: Context,
  options: CheckOptions,
  waitMs: number,
): Promise<() => Promise<CheckReport>> {
  const { loaded, fabric } = context;
  const { prepareCheck } = await import("../../lab/check.ts");
  const selection = selectionOf(fabric, options);
  const configured = loaded.config.CHECK_FILE === "" ? [] : [loaded.config.CHECK_FILE];
  const assertionFiles = options.assert.length > 0 ? options.assert : configured;
  return prepareCheck(labOf(context), { selection, assertionFiles, waitMs });
}

function selectionOf(fabric: Fabric, { nodes, only }: CheckOptions): Selection {
  const words = only === undefined ? CHECK_KINDS : only.split(",").map((word) => word.trim());
  const kinds = words.map((word): CheckKind => {
    if (!isCheckKind(word)) {
      throw new UsageError(`invalid value of --only: "${word}" (choose from ${CHECK_KINDS.join(", ")})`);
    }
    return word;
  });
  return {
    kinds: new Set(kinds),
    nodes: nodes.length === 0 ? null : new Set(selectNodes(fabric, nodes).map(({ name }) => name)),
  };
}

async function writeJunit({ host }: Context, { junit }: CheckOptions, report: CheckReport): Promise<void> {
  if (junit !== undefined) {
    const { formatJunit } = await import("../../check/output/junit.ts");
    await host.writeFile(junit, formatJunit(report));
  }
}
