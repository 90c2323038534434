import { setMaxListeners } from "node:events";
import { BACKEND_NAMES, BACKENDS } from "../backends/index.ts";
import { fabricName } from "../config/fabric-name.ts";
import type { Settings } from "../config/settings.ts";
import type { LoadedConfig } from "../config/types.ts";
import { enclosureFolder, userConfig } from "../enclosure/inside.ts";
import { formatProblem, InterruptedError, UsageError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { logFolder, shortenLogs } from "../nodes/log-folder.ts";
import { pausePath } from "../nodes/run-paths.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import { tell, warn } from "./output.ts";
import type { Loaded, LoadRequest } from "./running-config.ts";
import { readSetFiles } from "./set-files.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  /** The fabric; absent: the default one. */
  readonly name: string | undefined;
  readonly config: string | undefined;
  readonly set: readonly string[];
  /** Each in the form `KEY=FILE`. */
  readonly setFile: readonly string[];
  readonly json: boolean;
}

export interface Context {
  readonly host: Host;
  readonly loaded: Loaded;
  /** Absolute path of the file that the user named, now or when the fabric was brought up. */
  readonly chosenFile: string | null;
  readonly settings: Settings;
  /** The plan of the configuration, with the reservations of `leases reserve`. */
  readonly fabric: Fabric;
  /** The plan of the configuration alone. */
  readonly planned: Fabric;
}

const interruption = new AbortController();
let runsUntilInterrupt = false;

/** Aborted, with an InterruptedError, when the user presses Ctrl-C or the process receives SIGTERM or SIGHUP. */
export const interrupted: AbortSignal = interruption.signal;
// Each running program adds a listener; Node warns at more than ten.
setMaxListeners(0, interrupted);

/**
 * Aborts work in progress on the first SIGINT, SIGTERM or SIGHUP; exits immediately on the second signal. A second
 * SIGHUP does not count, because both the shell and the kernel send one when a terminal closes.
 */
export function listenForInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) {
        if (signal !== "SIGHUP") {
          process.exit(130);
        }
        return;
      }
      if (!runsUntilInterrupt) {
        tell("\nInterrupted: cleaning up. Interrupt again to exit immediately.");
      }
      interruption.abort(new InterruptedError());
    });
  }
}

/** For commands that run until they are interrupted: makes an interrupt their normal end, with exit code 0. */
export function endByInterrupt(): void {
  runsUntilInterrupt = true;
}

/** Reports whether such a command was interrupted. */
export function hasEndedByInterrupt(): boolean {
  return runsUntilInterrupt && interruption.signal.aborted;
}

/** Returns the host that commands work on. Loads the code that runs programs only here, to keep `--help` fast. */
export async function commandHost(): Promise<Host> {
  const { localHost } = await import("../system/local-host.ts");
  return localHost(interrupted);
}

/** Warn about settings that have no effect. */
export async function warnOfUnusedKeys(loaded: LoadedConfig): Promise<void> {
  const { unusedKeys } = await import("../config/unused.ts");
  for (const warning of unusedKeys(loaded)) {
    warn(formatProblem(warning));
  }
}

/**
 * Reads the configuration and plans the fabric.
 * @param whose `running`: the configuration that the fabric was brought up with, if it is up. `file`: the one that `up`
 *   would apply.
 * @throws ConfigError with every problem, each with its file and line if known.
 */
export async function loadContext(
  options: GlobalOptions,
  whose: "running" | "file" = "running",
): Promise<Context> {
  // Loaded here, so that --help does not load them.
  const [{ loadConfig }, { settingsOf }, { planFabric }, { chosenFile, loadRunning }] = await Promise.all([
    import("../config/load.ts"),
    import("../config/settings.ts"),
    import("../fabric/plan.ts"),
    import("./running-config.ts"),
  ]);
  const host = await commandHost();
  const request: LoadRequest = {
    name: checkedName(options.name),
    configPath: options.config,
    env: process.env,
    sets: [...(await readSetFiles(host, options.setFile)), ...options.set],
    userPath: userConfig(process.env),
    shippedPath: productPath("etc/ikvswitch.conf"),
    choices: { BACKEND: BACKEND_NAMES },
    plan: planFabric,
  };
  const { loaded, running } =
    whose === "file"
      ? { loaded: await loadConfig(host, request), running: undefined }
      : await loadRunning(host, request);
  await lookAfterFabric(host, loaded.config.RUN_DIR);
  const settings = settingsOf(loaded.config, enclosureFolder(process.env));
  const fabric = await withReservations(host, settings.stateDir, loaded.plan);
  const chosen = chosenFile(request) ?? (running?.kept.chosen === true ? running.kept.file : null);
  return { host, loaded, settings, fabric, planned: loaded.plan, chosenFile: chosen };
}

/** @throws UsageError if it is not a fabric's name. */
function checkedName(name: string | undefined): string | undefined {
  const parsed = name === undefined ? undefined : fabricName.parse(name);
  if (parsed !== undefined && "problem" in parsed) {
    throw new UsageError(`--name: ${parsed.problem}`);
  }
  return parsed?.value;
}

/** Adds the reservations of `leases reserve`, which only root can read. Warns of those that can't be used. */
async function withReservations(host: Host, stateDir: string, planned: Fabric): Promise<Fabric> {
  const [{ addReservations, formatReservation }, { readReservations }, { statePaths }] = await Promise.all([
    import("../fabric/reservations.ts"),
    import("../leases/reservations-file.ts"),
    import("../nodes/state-paths.ts"),
  ]);
  // The others', whom this host allows no enclosure, have none.
  if (process.getuid?.() !== 0) {
    return planned;
  }
  const file = await readReservations(host, stateDir);
  if (file.kind === "damaged") {
    warn(`${statePaths(stateDir).reservations} is damaged, its reservations are ignored: ${file.reason}`);
  }
  const { fabric, unfit } = addReservations(planned, file.kind === "whole" ? file.document : []);
  for (const { reservation, problem } of unfit) {
    warn(
      `ignoring the reservation ${formatReservation(reservation)}: ${problem}; 'ikvswitch leases unreserve ${reservation.mac}' deletes it`,
    );
  }
  return fabric;
}

/**
 * Maintenance that any command of root does first: resumes switches that an interrupted save left paused, and shortens
 * logs.
 */
async function lookAfterFabric(host: Host, runDir: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    return;
  }
  const there = (await host.list(runDir)).map((name) => `${runDir}/${name}`);
  if (there.includes(pausePath(runDir))) {
    await resumeAfterSave(host, runDir);
  }
  // A switch may fill its logs at any time.
  if (there.includes(logFolder(runDir))) {
    await shortenLogs(host, runDir);
  }
}

/**
 * Resumes switches that a killed `snapshot save` left paused. Without this, a user who missed the kill would not know
 * why they do not answer.
 */
async function resumeAfterSave(host: Host, runDir: string): Promise<void> {
  const { allBackends } = await import("../backends/find.ts");
  const resumed = (
    await Promise.all(
      (await allBackends(BACKENDS)).map(({ snapshots }) => snapshots?.resumePaused(host, runDir) ?? []),
    )
  ).flat();
  if (resumed.length > 0) {
    tell(`Resumed ${resumed.join(", ")}, which an interrupted 'snapshot save' left paused.`);
  }
}
