import { fieldsOf, isObject, numberOf, objectsIn, textOf } from "../untrusted-json.ts";
import { hasStatus } from "./answer.ts";
import { apiPath, type Cluster } from "./client.ts";

/** Strings only, as the server has them. */
export type Settings = Readonly<Record<string, string>>;
export type Devices = Readonly<Record<string, Settings>>;

export interface NewInstance {
  readonly name: string;
  readonly member: string;
  /** Fingerprint of its image. */
  readonly image: string;
  /** Keys such as `boot.autostart`; those that start with `user.` are ours. */
  readonly config: Settings;
  /** A root disk is among them: no profile applies. */
  readonly devices: Devices;
}

export type InstanceStatus = "Running" | "Stopped" | "Frozen" | "Error";

export interface Instance {
  readonly name: string;
  readonly member: string;
  /** "Error": its member does not answer, or the server tells nothing that we know. */
  readonly status: InstanceStatus;
  readonly config: Settings;
  readonly devices: Devices;
}

export interface InstanceState {
  readonly status: InstanceStatus;
  /** Process ID of its first process on its member; 0 if it does not run. */
  readonly pid: number;
  readonly startedMs: number | undefined;
}

/** Instances of the project on all members, sorted by name. Those of members that do not answer are among them. */
export async function instances(cluster: Cluster): Promise<readonly Instance[]> {
  const found = objectsIn(await cluster.get("/1.0/instances", { recursion: "1" }));
  return found.map(instanceOf).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Undefined if there is none of this name. */
export async function findInstance(cluster: Cluster, name: string): Promise<Instance | undefined> {
  return unlessMissing(async () => instanceOf(fieldsOf(await cluster.get(apiPath("instances", name)))));
}

export async function createInstance(cluster: Cluster, instance: NewInstance): Promise<void> {
  const { name, member, image, config, devices } = instance;
  await cluster.change("POST", "/1.0/instances", {
    query: { target: member },
    json: {
      ...{ name, type: "container", profiles: [], config, devices },
      source: { type: "image", fingerprint: image },
    },
  });
}

export async function deleteInstance(cluster: Cluster, name: string): Promise<void> {
  await unlessMissing(() => cluster.change("DELETE", apiPath("instances", name)));
}

/** Sets keys of an instance's configuration, and keeps the others. */
export async function configureInstance(cluster: Cluster, name: string, config: Settings): Promise<void> {
  await cluster.change("PATCH", apiPath("instances", name), { json: { config } });
}

export interface StateChange {
  readonly action: "start" | "stop" | "restart" | "freeze" | "unfreeze";
  /** Without giving it time to stop by itself. */
  readonly force?: boolean;
  /** Time that it has to stop by itself. */
  readonly graceMs?: number;
}

/** @throws ClusterError if it is in that state already. */
export async function changeState(cluster: Cluster, name: string, change: StateChange): Promise<void> {
  const { action, force = false, graceMs = 0 } = change;
  await cluster.change("PUT", apiPath("instances", name, "state"), {
    // In seconds; -1: forever.
    json: { action, force, timeout: graceMs === 0 ? -1 : Math.ceil(graceMs / 1000), stateful: false },
    timeoutMs: graceMs + STATE_TIMEOUT_MS,
  });
}

const STATE_TIMEOUT_MS = 180_000;

/** @throws CommandError if there is none of this name, or its member does not answer. */
export async function instanceState(cluster: Cluster, name: string): Promise<InstanceState> {
  const state = fieldsOf(await cluster.get(apiPath("instances", name, "state")));
  const started = Date.parse(textOf(state.started_at, ""));
  return {
    status: statusOf(state.status),
    pid: Math.max(0, numberOf(state.pid, 0)),
    startedMs: started > 0 ? started : undefined,
  };
}

async function unlessMissing<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (hasStatus(error, 404)) {
      return undefined;
    }
    throw error;
  }
}

function instanceOf(instance: Readonly<Record<string, unknown>>): Instance {
  return {
    name: textOf(instance.name, ""),
    member: textOf(instance.location, ""),
    status: statusOf(instance.status),
    config: settingsOf(instance.config),
    devices: Object.fromEntries(
      Object.entries(fieldsOf(instance.devices))
        .filter(([, device]) => isObject(device))
        .map(([name, device]) => [name, settingsOf(device)]),
    ),
  };
}

function settingsOf(value: unknown): Settings {
  const texts = Object.entries(fieldsOf(value)).filter(([, text]) => typeof text === "string");
  return Object.fromEntries(texts) as Settings;
}

function statusOf(status: unknown): InstanceStatus {
  return status === "Running" || status === "Stopped" || status === "Frozen" ? status : "Error";
}
