import { UsageError } from "../errors.ts";
import type { SwitchPorts } from "../host/model/switch-ports.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import type { Backend, Backends } from "./model/backend.ts";

/** Where switches may run. */
export interface Place {
  readonly runDir: string;
  /** The backend that the configuration names. */
  readonly configured: string;
  readonly backends: Backends;
}

/** @throws UsageError where there is none of that name. */
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

/** The backend of the switches that run; undefined where none runs. */
export async function runningBackend(
  host: Host,
  { runDir, backends }: Pick<Place, "runDir" | "backends">,
): Promise<Backend | undefined> {
  return (await present(host, runDir, backends)).find(({ presence }) => presence === "running")?.backend;
}

/** The backend of the switches that run, or else that of those which ran, or else the configured one. */
export async function currentBackend(host: Host, { runDir, configured, backends }: Place): Promise<Backend> {
  const found = await present(host, runDir, backends);
  const current =
    found.find(({ presence }) => presence === "running") ??
    found.find(({ presence }) => presence === "stopped");
  return current?.backend ?? findBackend(backends, configured);
}

/** The switches that run, or would run, whatever they are made of. */
export async function runningMachines(host: Host, place: Place): Promise<Machines> {
  return (await currentBackend(host, place)).nodes(host, place.runDir);
}

/** What the host's network is to have for the switches that run, or would run. */
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
