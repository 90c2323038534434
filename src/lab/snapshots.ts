import { allBackends } from "../backends/find.ts";
import type { Backend, Backends } from "../backends/model/backend.ts";
import type {
  InspectedSnapshot,
  KnownSnapshot,
  SnapshotSettings,
  Snapshots,
} from "../backends/model/snapshots.ts";
import { CommandError, UsageError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { checkStoredName } from "../system/stored-name.ts";

/**
 * Returns the backend's snapshots.
 * @throws UsageError if the switches of this backend can't be saved.
 */
export async function demandSnapshots(backend: Backend, backends: Backends): Promise<Snapshots> {
  if (backend.snapshots !== undefined) {
    return backend.snapshots;
  }
  const able = (await withSnapshots(backends)).map(({ name }) => `BACKEND=${name}`).join(" or ");
  throw new UsageError(`BACKEND=${backend.name} does not support snapshots; use ${able}`);
}

/** Inspects all snapshots, of every backend. */
export async function inspectSnapshots(
  host: Host,
  request: SnapshotSettings,
  backends: Backends,
): Promise<readonly InspectedSnapshot[]> {
  const able = await withSnapshots(backends);
  return (await Promise.all(able.map(({ snapshots }) => snapshots.inspect(host, request)))).flat();
}

/** Lists all snapshots, without checking whether they can be restored. */
export async function listSnapshots(
  host: Host,
  stateDir: string,
  backends: Backends,
): Promise<readonly KnownSnapshot[]> {
  const able = await withSnapshots(backends);
  return (await Promise.all(able.map(({ snapshots }) => snapshots.list(host, stateDir)))).flat();
}

/**
 * Removes snapshots.
 * @throws CommandError if one of them does not exist; none is removed then.
 */
export async function removeSnapshots(
  host: Host,
  stateDir: string,
  names: readonly string[],
  backends: Backends,
): Promise<void> {
  const known = await Promise.all(
    (await withSnapshots(backends)).map(async ({ snapshots }) => ({
      snapshots,
      names: (await snapshots.list(host, stateDir)).map(({ name }) => name),
    })),
  );
  const owners = names.map((name) => {
    checkStoredName("a snapshot", name);
    const owner = known.find((one) => one.names.includes(name));
    if (owner === undefined) {
      const others = known.flatMap((one) => one.names);
      const there = others.length === 0 ? "there are no snapshots" : `choose from ${others.join(", ")}`;
      throw new CommandError(`snapshot ${name}`, undefined, `no such snapshot; ${there}`);
    }
    return { name, snapshots: owner.snapshots };
  });
  for (const { name, snapshots } of owners) {
    await snapshots.remove(host, stateDir, name);
  }
}

async function withSnapshots(backends: Backends) {
  return (await allBackends(backends)).flatMap(({ name, snapshots }) =>
    snapshots === undefined ? [] : [{ name, snapshots }],
  );
}
