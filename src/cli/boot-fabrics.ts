import { BACKEND_NAMES } from "../backends/index.ts";
import { DEFAULT_NAME, fabricPlaces } from "../config/fabric-name.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../errors.ts";
import { type BootRecord, readBootRecord } from "../nodes/boot-record.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import type { GlobalOptions } from "./context.ts";
import { listFabrics, usualFabrics } from "./fabrics.ts";
import { runningIn } from "./running-config.ts";

/** The options that choose a fabric. */
export type FabricOptions = Pick<GlobalOptions, "name" | "config" | "set">;

/** Returns the options of the fabrics that ran when the host went down: those that no `down` has ended. */
export async function fabricsToStart(host: Host): Promise<readonly FabricOptions[]> {
  const folders = new Set([fabricPlaces(DEFAULT_NAME).stateDir]);
  for (const { name, file, stateDir } of await usualFabrics(host)) {
    folders.add(stateDir);
    if (file !== null) {
      folders.add(await configuredStateDir(host, name, stateDir));
    }
  }
  const records = await Promise.all([...folders].map((folder) => readBootRecord(host, folder)));
  return records.flatMap((record) => (record === undefined ? [] : [optionsOf(record)]));
}

function optionsOf({ name, file, sets }: BootRecord): FabricOptions {
  return { name: name === DEFAULT_NAME ? undefined : name, config: file ?? undefined, set: sets };
}

/** Returns STATE_DIR of a fabric's file, or the usual one if the file has mistakes. */
async function configuredStateDir(host: Host, name: string, usual: string): Promise<string> {
  const request = { name, sets: [], env: {}, choices: { BACKEND: BACKEND_NAMES } };
  try {
    const { config } = await loadConfig(host, { ...request, shippedPath: productPath("etc/ikvswitch.conf") });
    return config.STATE_DIR;
  } catch (error) {
    if (error instanceof ConfigError) {
      return usual;
    }
    throw error;
  }
}

/** Returns the options of all fabrics that are up. */
export async function fabricsToStop(host: Host): Promise<readonly FabricOptions[]> {
  const rows = (await listFabrics(host)).filter(({ state }) => state !== "down");
  return Promise.all(
    rows.map(async ({ name, folders: { stateDir, runDir } }): Promise<FabricOptions> => {
      const kept = (await runningIn(host, runDir))?.kept;
      const usual = fabricPlaces(name ?? DEFAULT_NAME);
      const isUsual = usual.stateDir === stateDir && usual.runDir === runDir;
      return {
        name: name === DEFAULT_NAME ? undefined : (name ?? undefined),
        config: kept?.chosen === true ? (kept.file ?? undefined) : undefined,
        set: isUsual ? [] : [`STATE_DIR=${stateDir}`, `RUN_DIR=${runDir}`],
      };
    }),
  );
}
