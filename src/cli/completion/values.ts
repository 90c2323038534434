import { homedir } from "node:os";
import { DEFAULT_NAME, fabricName } from "../../config/fabric-name.ts";
import type { Settings } from "../../config/settings.ts";
import { enclosurePlace } from "../../enclosure/place.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";
import { productPath } from "../../system/product-path.ts";
import type { Candidate, GivenOptions } from "./complete.ts";
import type { ValueSource } from "./value-sources.ts";

/** What the user may name: the fabric of the command line, or of the defaults. */
interface Named {
  readonly host: Host;
  readonly fabric: Fabric;
  readonly settings: Settings;
  /** STATE_DIR as this process sees it, outside of an ordinary user's enclosure. */
  readonly stateDir: string;
  readonly before: readonly string[];
}

type Lookup = (named: Named) => Promise<readonly string[]> | readonly string[];

const nodes: Lookup = ({ fabric }) => fabric.nodes.map(({ name }) => name);
const vms: Lookup = async ({ host, stateDir }) =>
  (await import("../../vms/folder.ts")).vmNames(host, stateDir);

/** Those that need the fabric's plan or folders. */
const LOOKUPS: Readonly<Partial<Record<ValueSource, Lookup>>> = {
  nodes,
  "node-list": nodes,
  "node-paths": async (named) => (await nodes(named)).map((name) => `${name}:`),
  "link-ends": async ({ fabric }) => {
    const { linksOf, serverName } = await import("../../fabric/ends.ts");
    const ends = linksOf(fabric).flatMap(({ interfaces }) => interfaces.map(({ end }) => end));
    const names = ends.flatMap((end) =>
      end.kind === "node"
        ? [end.node, `${end.node}:${end.port}`]
        : end.kind === "server"
          ? [serverName(end)]
          : [],
    );
    return [...new Set(names)];
  },
  ports: ({ fabric, before: [node] }) =>
    fabric.links.flatMap(({ interfaces }) =>
      interfaces.flatMap(({ end }) => (end.kind === "node" && end.node === node ? [end.port] : [])),
    ),
  racks: ({ fabric }) => fabric.racks.map(({ number }) => `${number}`),
  positions: ({ fabric, before: [rack] }) => {
    const racks = fabric.racks.filter(({ number }) => rack === undefined || `${number}` === rack);
    return [...new Set(racks.flatMap(({ positions }) => positions.map(String)))];
  },
  vms,
  "vm-paths": async (named) => (await vms(named)).map((name) => `${name}:`),
  profiles: async ({ host, settings }) => [
    ...(
      await (await import("../../vms/profiles-of-host.ts")).profilesOfHost(host, settings.vmProfiles)
    ).keys(),
  ],
  snapshots: async ({ host, stateDir }) => {
    const [{ listSnapshots }, { BACKENDS }] = await Promise.all([
      import("../../lab/snapshots.ts"),
      import("../../backends/index.ts"),
    ]);
    return (await listSnapshots(host, stateDir, BACKENDS)).map(({ name }) => name);
  },
  images: async ({ host, settings, stateDir }) => {
    const { listImages } = await import("../../image/store.ts");
    const own = stateDir === settings.stateDir ? stateDir : enclosure().images.replace(/\/images$/, "");
    return (await listImages(host, own)).map(({ id }) => id);
  },
  reservations: async ({ host, stateDir }) => {
    const { readReservations } = await import("../../leases/reservations-file.ts");
    const file = await readReservations(host, stateDir);
    return file.kind === "whole" ? file.document.map(({ mac }) => `${mac}`) : [];
  },
};

/**
 * Returns the words that the user may name: from the plan of the configuration, and the state directory.
 * @param before the arguments before this one.
 */
export async function valuesOf(
  host: Host,
  {
    source,
    given,
    before,
  }: { readonly source: ValueSource; readonly given: GivenOptions; readonly before: readonly string[] },
): Promise<readonly Candidate[]> {
  if (source === "checks") {
    const { CHECK_KINDS, KIND_MEANINGS } = await import("../../check/model/kinds.ts");
    return CHECK_KINDS.map((word) => ({ word, summary: KIND_MEANINGS[word] }));
  }
  if (source === "event-kinds") {
    const { EVENT_KINDS } = await import("../../telemetry/events.ts");
    return EVENT_KINDS.map(plain);
  }
  if (source === "keys") {
    const [{ findKey, writableKeys }] = await Promise.all([import("../../config/keys.ts")]);
    return writableKeys().map((key) => ({ word: `${key}=`, summary: findKey(key)?.spec.help ?? "" }));
  }
  if (source === "fabrics") {
    return (await fabricNames(host)).map(plain);
  }
  const lookup = LOOKUPS[source];
  return lookup === undefined ? [] : (await lookup({ ...(await load(host, given)), before })).map(plain);
}

function plain(word: string): Candidate {
  return { word, summary: "" };
}

async function fabricNames(host: Host): Promise<readonly string[]> {
  const { listFabrics } = await import("../fabrics.ts");
  const folder = enclosure().config.replace(/\/[^/]*$/, "");
  const own = isRoot()
    ? []
    : (await host.list(folder)).flatMap((file) => /^(.+)\.conf$/.exec(file)?.[1] ?? []);
  const all = (await listFabrics(host)).flatMap(({ name }) => name ?? []);
  return [...new Set([...all, ...own])];
}

/** Loads the configuration as commands do, but changes nothing, and enters no enclosure. */
async function load(host: Host, given: GivenOptions): Promise<Omit<Named, "before">> {
  const [{ loadConfig }, { loadRunning }, { settingsOf }, { planFabric }, { BACKEND_NAMES }] =
    await Promise.all([
      import("../../config/load.ts"),
      import("../running-config.ts"),
      import("../../config/settings.ts"),
      import("../../fabric/plan.ts"),
      import("../../backends/index.ts"),
    ]);
  const name = given["--name"]?.at(-1);
  const own = enclosure(name).config;
  const request = {
    name: name !== undefined && "value" in fabricName.parse(name) ? name : undefined,
    configPath: given["--config"]?.at(-1),
    env: process.env,
    sets: given["--set"] ?? [],
    userPath: !isRoot() && (await host.stat(own)) !== undefined ? own : undefined,
    shippedPath: productPath("etc/ikvswitch.conf"),
    choices: { BACKEND: BACKEND_NAMES },
    plan: planFabric,
  };
  const loaded = isRoot() ? (await loadRunning(host, request)).loaded : await loadConfig(host, request);
  const settings = settingsOf(loaded.config);
  return { host, fabric: loaded.plan, settings, stateDir: outside(settings.stateDir) };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The place of the ordinary user's fabric. */
function enclosure(name: string = DEFAULT_NAME) {
  return enclosurePlace(process.env, { home: homedir(), uid: process.getuid?.() ?? 0 }, name);
}

/** Returns the folder that an ordinary user's commands have as this one in their enclosure. */
function outside(stateDir: string): string {
  const inside = "/var/lib/ikvswitch";
  return !isRoot() && (stateDir === inside || stateDir.startsWith(`${inside}/`))
    ? `${enclosure().state}${stateDir.slice(inside.length)}`
    : stateDir;
}
