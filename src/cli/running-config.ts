import { resolve } from "node:path";
import { BACKEND_NAMES } from "../backends/index.ts";
import { changedKeys } from "../config/changed-keys.ts";
import { DEFAULT_NAME, defaultsOfName } from "../config/fabric-name.ts";
import { type LoadOptions, loadConfig } from "../config/load.ts";
import { type PlannedConfig, readConfig } from "../config/read.ts";
import { ConfigError, UsageError } from "../errors.ts";
import { planFabric } from "../fabric/plan.ts";
import type { Fabric } from "../fabric/types.ts";
import { observeFabrics } from "../host/fabrics.ts";
import { type KeptConfiguration, readKeptConfiguration } from "../nodes/kept-configuration.ts";
import { nodesFolder } from "../nodes/run-paths.ts";
import type { Host } from "../system/host.ts";
import { tell, warn } from "./output.ts";

export type Loaded = PlannedConfig<Fabric>;
export type LoadRequest = LoadOptions<Fabric> & { readonly sets: readonly string[] };

/** A fabric that is up, with the configuration that it was brought up with. */
export interface RunningConfig {
  readonly kept: KeptConfiguration;
  readonly loaded: Loaded;
}

/**
 * Returns the configuration for work on the running fabric: the one that it was brought up with, and `--set` besides.
 * Tells on stderr if the file has changed since, or if the command line differs from the fabric; what the command line
 * says counts. Without a running fabric it is the configuration of the command line and the file.
 * @throws UsageError if several fabrics could be meant.
 */
export async function loadRunning(
  host: Host,
  request: LoadRequest,
): Promise<{ readonly loaded: Loaded; readonly running: RunningConfig | undefined }> {
  const given = await loadConfig(host, request).catch((error: unknown) => {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  });
  const running = await findRunning(host, request, given instanceof ConfigError ? undefined : given);
  if (running !== undefined) {
    return { loaded: await combine(host, request, given, running), running };
  }
  if (given instanceof ConfigError) {
    throw given;
  }
  return { loaded: given, running };
}

async function findRunning(
  host: Host,
  request: LoadRequest,
  given: Loaded | undefined,
): Promise<RunningConfig | undefined> {
  const own = given === undefined ? undefined : await runningIn(host, given.config.RUN_DIR, given);
  if (own !== undefined || choosesFolders(request)) {
    return own;
  }
  const present = await observeFabrics(host);
  const all = await Promise.all(present.map(({ runDir }) => runningIn(host, runDir)));
  const { name = DEFAULT_NAME } = request;
  const [first, ...more] = all.flatMap((one) => (one?.kept.name === name ? [one] : []));
  if (first !== undefined && more.length > 0) {
    const list = [first, ...more].map(({ kept, loaded }) => kept.file ?? `RUN_DIR=${loaded.config.RUN_DIR}`);
    throw new UsageError(`several fabrics run: choose one with --config or --name (${list.join(", ")})`);
  }
  return first;
}

/** Reports whether the command line says where the fabric's folders are. */
function choosesFolders(request: LoadRequest): boolean {
  return chosenFile(request) !== undefined || request.sets.some((set) => /^(STATE|RUN)_DIR=/.test(set));
}

/** Returns the absolute path of the file that the user named. */
export function chosenFile({ configPath, env, name }: Pick<LoadRequest, "configPath" | "env" | "name">) {
  const path = configPath ?? (name === undefined ? env.IKVSWITCH_CONF : undefined);
  return path === undefined || path === "" ? undefined : resolve(path);
}

/**
 * Returns the fabric that is up in this run directory; undefined also if its configuration is not kept, as by earlier
 * builds, or can't be read any more.
 * @param given a configuration that may be the same, which saves reading it again.
 */
export async function runningIn(
  host: Host,
  runDir: string,
  given?: Loaded,
): Promise<RunningConfig | undefined> {
  const kept = await readKeptConfiguration(host, runDir);
  const loaded = kept === undefined ? undefined : isSame(kept, given) ? given : tryRead(kept);
  return kept !== undefined && loaded !== undefined && (await isPresent(host, loaded))
    ? { kept, loaded }
    : undefined;
}

function isSame(kept: KeptConfiguration, given: Loaded | undefined): given is Loaded {
  return (
    given !== undefined &&
    given.source.text === kept.text &&
    given.source.name === kept.name &&
    given.source.sets.join("\n") === kept.sets.join("\n")
  );
}

function tryRead(kept: KeptConfiguration): Loaded | undefined {
  try {
    return readKept(kept);
  } catch (error) {
    if (error instanceof ConfigError) {
      return undefined;
    }
    throw error;
  }
}

function readKept({ text, file, name, sets }: KeptConfiguration, more: readonly string[] = []): Loaded {
  return readConfig(text, file, {
    name,
    sets: [...sets, ...more],
    choices: { BACKEND: BACKEND_NAMES },
    defaults: defaultsOfName(name),
    plan: planFabric,
  });
}

/**
 * Reports whether the fabric's network exists, or switches of it. A killed `up` may have left the file alone. Of a fabric
 * on other hosts nothing is on this one, so that its file alone counts.
 */
async function isPresent(host: Host, { config, plan }: Loaded): Promise<boolean> {
  if (plan.cluster !== undefined) {
    return true;
  }
  const { bridge, mark } = plan.host;
  const alias = await host.readFile(`/sys/class/net/${bridge}/ifalias`).catch(() => undefined);
  return alias?.trim() === mark.alias || (await host.list(nodesFolder(config.RUN_DIR))).length > 0;
}

async function combine(
  host: Host,
  request: LoadRequest,
  given: Loaded | ConfigError,
  { kept, loaded }: RunningConfig,
): Promise<Loaded> {
  const chosen = chosenFile(request);
  if (chosen !== undefined && chosen !== kept.file) {
    if (given instanceof ConfigError) {
      throw given;
    }
    warnOfDifferences(given, loaded);
    return given;
  }
  if (given === loaded) {
    return loaded;
  }
  const wanted = request.sets.length === 0 ? loaded : readKept(kept, request.sets);
  warnOfDifferences(wanted, loaded);
  await tellOfChanges(host, request, { kept, loaded });
  return wanted;
}

function warnOfDifferences(wanted: Loaded, running: Loaded): void {
  const keys = changedKeys(wanted, running);
  if (keys.length > 0) {
    warn(`the running fabric has another ${list(keys)}; 'ikvswitch up' applies this command's`);
  }
}

/** Tells if the file has changed since the fabric was brought up. */
async function tellOfChanges(
  host: Host,
  request: LoadRequest,
  { kept, loaded }: RunningConfig,
): Promise<void> {
  // A pipe, as of a shell's <(command), can't be read again.
  if (kept.chosen && /^\/(dev|proc)\//.test(kept.file ?? "")) {
    return;
  }
  const file = kept.chosen && kept.file !== null ? kept.file : undefined;
  const name = file ?? "the configuration";
  try {
    const now = await loadConfig(host, {
      ...request,
      ...(file === undefined ? {} : { configPath: file }),
      name: kept.name === DEFAULT_NAME ? request.name : kept.name,
      sets: kept.sets,
    });
    const keys = changedKeys(now, loaded);
    if (keys.length > 0) {
      tell(`${now.file ?? name} has changed since 'up': ${list(keys)}; 'ikvswitch up' applies it.`);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    tell(`${name} can't be used any more; this is the running fabric's. See 'ikvswitch config validate'.`);
  }
}

const MAX_SHOWN = 5;

function list(keys: readonly string[]): string {
  const more = keys.length - MAX_SHOWN;
  return `${keys.slice(0, MAX_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
