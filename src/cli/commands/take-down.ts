import type { Argv } from "yargs";
import { BACKENDS } from "../../backends/index.ts";
import { demandNothingOwed } from "../../hosts/owed.ts";
import type { DownKeptRequest, KeptSwitches } from "../../lab/down.ts";
import type { Host } from "../../system/host.ts";
import type { Progress } from "../../system/progress.ts";
import { stayDownAtBoot } from "../boot.ts";
import { type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { secondsInMs } from "../duration.ts";
import { lockFabric } from "../lock-network.ts";
import { print, warn } from "../output.ts";
import { printDocument } from "../print-document.ts";
import { showProgress } from "../progress.ts";
import { forgetUnlessPresent } from "../remember.ts";

/** Options of commands that stop all switches. */
export interface StopOptions extends GlobalOptions {
  /** Seconds. */
  readonly grace: number;
}

export interface DownOptions extends StopOptions {
  readonly keep: boolean;
}

const DEFAULT_GRACE_S = 30;

export const withGrace = (parser: Argv): Argv =>
  parser.option("grace", {
    type: "number",
    default: DEFAULT_GRACE_S,
    requiresArg: true,
    describe: "Seconds to wait for a clean shutdown before powering off (default: 30)",
  });

/** Does what `down` does without options of its own, but for the report. */
export async function takeDownAsIs(options: GlobalOptions, progress: Progress): Promise<void> {
  const { takeDown } = await import("../../lab/down.ts");
  await endFabric({ ...options, grace: DEFAULT_GRACE_S }, takeDown, { untilBoot: false, progress });
}

/** Stops the switches; the host network stays. */
export async function stopSwitches(options: StopOptions): Promise<void> {
  const lab = await import("../../lab/down.ts");
  await runDown(options, lab.stopSwitches, { untilBoot: false });
  reportDown(options, null);
}

/** How long a fabric stays down: until the host starts again, or until the user brings it up. */
interface DownTime {
  readonly untilBoot: boolean;
}

/** Does what `down` does. */
export async function takeFabricDown(options: DownOptions, time: DownTime): Promise<void> {
  const lab = await import("../../lab/down.ts");
  if (options.keep) {
    reportDown(options, await runDown(options, lab.takeDownKept, time));
  } else {
    await runDown(options, lab.takeDown, time);
    reportDown(options, null);
  }
}

function reportDown({ json }: GlobalOptions, kept: KeptSwitches | null): void {
  if (json) {
    printDocument("down", { stopped: true, kept });
  } else if (kept !== null) {
    print("The switches are kept: 'ikvswitch up' resumes them, 'ikvswitch up --fresh' discards them.");
  }
}

type EndWork<T> = (host: Host, request: DownKeptRequest) => Promise<T>;

function runDown<T>(options: StopOptions, work: EndWork<T>, time: DownTime): Promise<T> {
  return endFabric(options, work, { ...time, progress: showProgress({ quiet: options.json }) });
}

async function endFabric<T>(
  options: StopOptions,
  work: EndWork<T>,
  { untilBoot, progress }: DownTime & { readonly progress: Progress },
): Promise<T> {
  const graceMs = secondsInMs("--grace", options.grace);
  const context = await loadContext(options);
  const { host, settings, fabric } = context;
  return lockFabric(context, "down", async () => {
    const done = await work(host, {
      settings,
      fabric,
      backends: BACKENDS,
      graceMs,
      interrupted,
      progress,
      onWarning: warn,
    });
    await forgetUnlessPresent(context);
    if (!untilBoot) {
      await stayDownAtBoot(context);
    }
    await demandNothingOwed(host, settings.stateDir);
    return done;
  });
}
