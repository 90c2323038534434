import { currentBackend } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import { DEFAULT_NAME, FABRICS, fabricName, fabricPlaces, ROOT_HOME } from "../config/fabric-name.ts";
import { observeFabrics, type PresentFabric } from "../host/fabrics.ts";
import { nodesFolder } from "../nodes/run-paths.ts";
import type { Host } from "../system/host.ts";
import { type RunningConfig, runningIn } from "./running-config.ts";

/** A fabric of this host. */
export interface FabricRow {
  /** Null if its configuration is not known, as that of a fabric of an earlier build. */
  readonly name: string | null;
  /** The file of its configuration; null for the defaults, or if it is not known. */
  readonly file: string | null;
  /** `up`: all switches run. `partial`: some. `network`: none, but the host network exists. */
  readonly state: "up" | "partial" | "network" | "down";
  /** Null if it is down. */
  readonly backend: string | null;
  readonly switches: { readonly running: number; readonly planned: number } | null;
  /** When it was brought up, in ISO 8601. */
  readonly since: string | null;
  readonly folders: { readonly stateDir: string; readonly runDir: string };
}

type Folders = FabricRow["folders"];

/**
 * Returns the fabrics that are up, as the kernel and their processes show, and those that have a configuration or a
 * state folder of the usual place.
 */
export async function listFabrics(host: Host): Promise<readonly FabricRow[]> {
  const usual = await usualFabrics(host);
  const present = await observeFabrics(host);
  // A fabric that is present may have one of its folders in an unusual place.
  const others = usual.filter(
    (one) => !present.some(({ stateDir, runDir }) => runDir === one.runDir || stateDir === one.stateDir),
  );
  const rows = await Promise.all(
    [...present, ...others].map(({ stateDir, runDir }) =>
      upRow(host, { stateDir, runDir }, { present, usual }),
    ),
  );
  const up = rows.flatMap((row) => row ?? []);
  const down = usual.filter(
    ({ name, stateDir, runDir }) =>
      !up.some(
        ({ name: other, folders }) =>
          other === name || folders.runDir === runDir || folders.stateDir === stateDir,
      ),
  );
  return [
    ...up.toSorted((a, b) => (a.name ?? "").localeCompare(b.name ?? "")),
    ...down.map(({ name, file, stateDir, runDir }): FabricRow => {
      const folders = { stateDir, runDir };
      return { name, file, state: "down", backend: null, switches: null, since: null, folders };
    }),
  ];
}

/** Returns the row of a fabric of which anything runs. */
async function upRow(
  host: Host,
  folders: Folders,
  { present, usual }: { readonly present: readonly PresentFabric[]; readonly usual: readonly UsualFabric[] },
): Promise<FabricRow | null> {
  const { stateDir, runDir } = folders;
  const hasNetwork = present.some((one) => one.stateDir === stateDir && one.runDir === runDir);
  const nodes = await host.list(nodesFolder(runDir)).catch((): readonly string[] => []);
  if (!hasNetwork && nodes.length === 0) {
    return null;
  }
  const running = await runningIn(host, runDir);
  const configured = running?.loaded.config.BACKEND ?? [...BACKENDS.keys()][0] ?? "";
  const backend = await currentBackend(host, { runDir, configured, backends: BACKENDS });
  const machines = await backend.nodes(host, runDir);
  const powers = await Promise.all(nodes.map((node) => machines.power(node)));
  const switches = {
    running: powers.filter(({ power }) => power === "on").length,
    planned: running?.loaded.plan.nodes.length ?? nodes.length,
  };
  return {
    // An earlier build kept no configuration, but the usual folders tell the name.
    ...describe(
      running,
      usual.find((one) => one.stateDir === stateDir && one.runDir === runDir),
    ),
    state: stateOf(switches),
    backend: backend.name,
    switches,
    folders,
  };
}

function describe(
  running: RunningConfig | undefined,
  usual: UsualFabric | undefined,
): Pick<FabricRow, "name" | "file" | "since"> {
  return running === undefined
    ? { name: usual?.name ?? null, file: usual?.file ?? null, since: null }
    : { name: running.kept.name, file: running.kept.file, since: running.kept.since };
}

function stateOf({ running, planned }: NonNullable<FabricRow["switches"]>): FabricRow["state"] {
  return running === 0 ? "network" : running < planned ? "partial" : "up";
}

export interface UsualFabric extends Folders {
  readonly name: string;
  readonly file: string | null;
}

/** Returns the fabrics of the usual places: those with a configuration in /etc/ikvswitch, or a state folder below /var/lib/ikvswitch. */
export async function usualFabrics(host: Host): Promise<readonly UsualFabric[]> {
  const list = (folder: string) => host.list(folder).catch((): readonly string[] => []);
  const [confs, states, own] = await Promise.all([
    list(ROOT_HOME.confDir),
    list(`${ROOT_HOME.stateDir}/${FABRICS}`),
    list(ROOT_HOME.stateDir),
  ]);
  const configured = confs.flatMap((file) => /^(.+)\.conf$/.exec(file)?.[1] ?? []);
  // The image and the set-up's record may be there without a fabric ever having been up.
  const isUsed = own.includes("identity");
  const names = new Set([...configured, ...states, ...(isUsed ? [DEFAULT_NAME] : [])]);
  return [...names]
    .filter((name) => "value" in fabricName.parse(name))
    .toSorted()
    .map((name) => {
      const { confPath, stateDir, runDir } = fabricPlaces(name);
      return { name, file: configured.includes(name) ? confPath : null, stateDir, runDir };
    });
}
