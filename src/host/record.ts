import { PreflightError } from "../errors.ts";
import { isFabricGroup } from "../fabric/mark.ts";
import type { Fabric } from "../fabric/types.ts";
import { readBootId } from "../system/boot-id.ts";
import type { Host } from "../system/host.ts";
import { readStateFile, type StateFile } from "../system/state-file.ts";
import type { ObservedNetwork } from "./model/observed.ts";
import { deviceOwnership } from "./model/ownership.ts";

/**
 * The host's settings before the first start, which the kernel can't report any more once they are changed. The record
 * is written before the first change and never overwritten, so that a start after a crash does not take our own
 * settings for the host's. A reboot undoes our changes, so a record from before it is ignored.
 */
export interface HostBefore {
  readonly version: 1;
  readonly bootId: string;
  /** Values of the files under /proc/sys/net/ipv4 that enabling forwarding changes; null if it was on already. */
  readonly sysctls: Readonly<Record<string, string>> | null;
  /** The same of /proc/sys/net/ipv6; missing without IPv6 in the fabric. */
  readonly sysctls6?: Readonly<Record<string, string>>;
  /** Tables and, as `family table chain`, chains of the firewall; null if nft can't report them. */
  readonly firewall: { readonly tables: readonly string[]; readonly chains: readonly string[] } | null;
}

const IPV4 = "/proc/sys/net/ipv4";
const IPV6 = "/proc/sys/net/ipv6";

export function recordPath(stateDir: string): string {
  return `${stateDir}/host-before.json`;
}

/**
 * Reads the record of this boot.
 * @returns null if there is none.
 * @throws PreflightError if it is damaged: a new one would take our own settings for the host's.
 */
export async function readRecord(host: Host, stateDir: string): Promise<HostBefore | null> {
  const found = await findRecord(host, stateDir);
  if (found.kind === "damaged") {
    const path = recordPath(stateDir);
    throw new PreflightError([
      {
        what: `${path} is damaged: ${found.reason}`,
        why: "it records the host's settings before ikvswitch changed them",
        fix: `run 'ikvswitch down', which removes it; then check net.ipv4.ip_forward`,
      },
    ]);
  }
  return found.kind === "whole" ? found.document : null;
}

/** Reads the record. The result is `none` also for one of an earlier boot. */
export async function findRecord(host: Host, stateDir: string): Promise<StateFile<HostBefore>> {
  const [found, bootId] = await Promise.all([
    readStateFile<HostBefore>(host, recordPath(stateDir), { bootId: "string" }),
    readBootId(host),
  ]);
  if (found.kind !== "whole") {
    return found;
  }
  if (found.document.bootId !== bootId) {
    return { kind: "none" };
  }
  const reason = flawOf(found.document);
  return reason === undefined ? found : { kind: "damaged", reason };
}

/** Returns the flaw of a record: its names become paths that are written to. */
function flawOf({ sysctls, sysctls6, firewall }: Partial<HostBefore>): string | undefined {
  const areSettings = (names: RegExp, settings: Readonly<Record<string, unknown>> | null) =>
    Object.entries(settings ?? {}).every(
      ([name, value]) => names.test(name) && typeof value === "string" && /^\d{1,3}$/.test(value),
    );
  if (
    sysctls === undefined ||
    !areSettings(/^(ip_forward|conf\/[^/]+\/(forwarding|accept_redirects))$/, sysctls)
  ) {
    return '"sysctls" is invalid';
  }
  if (!areSettings(/^conf\/[^/]+\/(forwarding|accept_ra)$/, sysctls6 ?? {})) {
    return '"sysctls6" is invalid';
  }
  const isFirewall = [firewall?.tables, firewall?.chains].every(
    (names) => Array.isArray(names) && names.every((name) => typeof name === "string"),
  );
  return firewall === null || isFirewall ? undefined : '"firewall" is invalid';
}

/**
 * Returns the record to write before changes are made.
 * @returns null if the present record is complete.
 */
export async function extendRecord(
  host: Host,
  fabric: Fabric,
  observed: ObservedNetwork,
  record: HostBefore | null,
): Promise<HostBefore | null> {
  const mustRememberSysctls = !observed.forwarding.host && (record?.sysctls ?? null) === null;
  const mustRememberSysctls6 =
    fabric.networks6 !== undefined &&
    observed.ipv6 &&
    !observed.v6.forwarding &&
    record?.sysctls6 === undefined;
  if (record !== null && !mustRememberSysctls && !mustRememberSysctls6) {
    return null;
  }
  const sysctls6 = mustRememberSysctls6 ? await readSysctls6(host, fabric, observed) : record?.sysctls6;
  return {
    version: 1,
    bootId: await readBootId(host),
    sysctls: mustRememberSysctls ? await readSysctls(host, fabric, observed) : (record?.sysctls ?? null),
    ...(sysctls6 === undefined ? {} : { sysctls6 }),
    firewall: record === null ? describeFirewall(observed) : record.firewall,
  };
}

export function formatRecord(record: HostBefore): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Returns what the host had before either of two fabrics changed it. */
export function mergeRecords(one: HostBefore, other: HostBefore): HostBefore {
  const firewalls = [one.firewall, other.firewall].filter((firewall) => firewall !== null);
  const inAll = (lists: readonly (readonly string[])[]) =>
    (lists[0] ?? []).filter((name) => lists.every((list) => list.includes(name)));
  const sysctls6 = other.sysctls6 ?? one.sysctls6;
  return {
    ...other,
    // Forwarding was on already when the second fabric came.
    sysctls: other.sysctls ?? one.sysctls,
    ...(sysctls6 === undefined ? {} : { sysctls6 }),
    firewall:
      firewalls.length === 0
        ? null
        : {
            tables: inAll(firewalls.map(({ tables }) => tables)),
            chains: inAll(firewalls.map(({ chains }) => chains)),
          },
  };
}

export interface SavedSysctl {
  readonly path: string;
  readonly value: string;
}

/**
 * Returns the sysctls to restore, in the order in which to write them: in each family, the one that changes the others
 * comes first.
 */
export async function sysctlsToRestore(
  host: Host,
  record: HostBefore | null,
): Promise<readonly SavedSysctl[]> {
  return [
    ...(await changedSysctls(host, IPV4, "ip_forward", record?.sysctls ?? {})),
    ...(await changedSysctls(host, IPV6, "conf/all/forwarding", record?.sysctls6 ?? {})),
  ];
}

/** @param leader the setting that changes all others when it is written */
async function changedSysctls(
  host: Host,
  folder: string,
  leader: string,
  saved: Readonly<Record<string, string>>,
): Promise<readonly SavedSysctl[]> {
  const before = Object.entries(saved).map(([name, value]) => ({ path: `${folder}/${name}`, value }));
  const now = await Promise.all(before.map(({ path }) => host.readFile(path)));
  const changed = before.filter(({ value }, index) => {
    const text = now[index];
    return text !== undefined && text.trim() !== value;
  });
  const resetsAll = changed.some(({ path }) => path === `${folder}/${leader}`);
  return resetsAll ? before.filter((_, index) => now[index] !== undefined) : changed;
}

/**
 * Reads the sysctls that ip_forward changes: forwarding of all devices, and accept_redirects (devinet_sysctl_forward()
 * in the kernel).
 */
async function readSysctls(
  host: Host,
  fabric: Fabric,
  observed: ObservedNetwork,
): Promise<Readonly<Record<string, string>>> {
  const devices = await otherDevices(host, IPV4, fabric, observed);
  return readAll(host, IPV4, [
    "ip_forward",
    "conf/all/accept_redirects",
    ...devices.map((name) => `conf/${name}/forwarding`),
  ]);
}

/**
 * Reads the sysctls that IPv6's conf.all.forwarding changes, and accept_ra of the devices on which it has to be changed
 * with it. The latter are restored last: with 1 while the host still forwards, the kernel would delete routes.
 */
async function readSysctls6(
  host: Host,
  fabric: Fabric,
  observed: ObservedNetwork,
): Promise<Readonly<Record<string, string>>> {
  const devices = await otherDevices(host, IPV6, fabric, observed);
  return readAll(host, IPV6, [
    "conf/all/forwarding",
    ...devices.map((name) => `conf/${name}/forwarding`),
    ...observed.v6.acceptRa.map((name) => `conf/${name}/accept_ra`),
  ]);
}

/** Returns the names in `conf` of all devices but those of fabrics, and `default`. */
async function otherDevices(
  host: Host,
  folder: string,
  fabric: Fabric,
  observed: ObservedNetwork,
): Promise<readonly string[]> {
  const isOurs = deviceOwnership(fabric, observed.devices);
  const ours = new Set(
    observed.devices
      .filter((device) => isOurs(device) || isFabricGroup(device.group))
      .map(({ name }) => name),
  );
  return (await host.list(`${folder}/conf`)).filter((name) => name !== "all" && !ours.has(name));
}

async function readAll(
  host: Host,
  folder: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const values = await Promise.all(names.map((name) => host.readFile(`${folder}/${name}`)));
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const value = values[index];
      return value === undefined ? [] : [[name, value.trim()]];
    }),
  );
}

function describeFirewall({ firewall }: ObservedNetwork): HostBefore["firewall"] {
  return (
    firewall.nft && {
      tables: firewall.nft.tables,
      chains: firewall.nft.chains.map(({ family, table, name }) => `${family} ${table} ${name}`),
    }
  );
}
