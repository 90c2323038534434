import { UsageError } from "../errors.ts";
import type { SwitchPorts } from "../host/model/switch-ports.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import type { Backend, Backends } from "./model/backend.ts";

/** The run directory and the backends whose switches may run in it. */
export interface Place {
  readonly runDir: string;
  /** The backend that the configuration names. */
  readonly configured: string;
  readonly backends: Backends;
}

/** @throws UsageError if no backend has that name. */
export async function findBackend(backends: Backends, name: string): Promise<Backend> {
  const load = backends.get(name);
  if (load === undefined) {
    throw new UsageError(`unknown backend: ${name} (choose from ${[...backends.keys()].join(", ")})`);
  }
  return load();
}

export function allBackends(backends: Backends): Promise<readonly Backend[]> {
  return Promise.all([...backends.values()].map((load) => load()));
}

/**
 * Returns the backend with a cluster, first of all the configured one: `up --set BACKEND` may have named another.
 * Undefined if no backend has one.
 */
export async function clusterBackend(backends: Backends, configured: string): Promise<Backend | undefined> {
  const all = [await findBackend(backends, configured), ...(await allBackends(backends))];
  return all.find(({ observeMembers }) => observeMembers !== undefined);
}

/** Returns the backend of the running switches; undefined if none runs. */
export async function runningBackend(
  host: Host,
  { runDir, backends }: Pick<Place, "runDir" | "backends">,
): Promise<Backend | undefined> {
  return (await present(host, runDir, backends)).find(({ presence }) => presence === "running")?.backend;
}

/** Returns the backend of the running switches, else that of the stopped ones, else the configured one. */
export async function currentBackend(host: Host, { runDir, configured, backends }: Place): Promise<Backend> {
  const found = await present(host, runDir, backends);
  const current =
    found.find(({ presence }) => presence === "running") ??
    found.find(({ presence }) => presence === "stopped");
  return current?.backend ?? findBackend(backends, configured);
}

/** Returns the running switches, or those that would run, whichever their backend is. */
export async function runningMachines(host: Host, place: Place): Promise<Machines> {
  return (await currentBackend(host, place)).nodes(host, place.runDir);
}

/** Returns the ports that the host network must provide for the switches that run, or would run. */
export async function switchPorts(host: Host, place: Place): Promise<SwitchPorts> {
  const backend =
    (await runningBackend(host, place)) ?? (await findBackend(place.backends, place.configured));
  return backend.switchPorts(host, place.runDir);
}

async function present(host: Host, runDir: string, backends: Backends) {
  const all = await allBackends(backends);
  return Promise.all(
    all.map(async (backend) => ({ backend, presence: await backend.presence(host, runDir) })),
  );
}
