import { PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
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
  /** Tables and, as `family table chain`, chains of the firewall; null if nft can't report them. */
  readonly firewall: { readonly tables: readonly string[]; readonly chains: readonly string[] } | null;
}

const IPV4 = "/proc/sys/net/ipv4";
const BOOT_ID_PATH = "/proc/sys/kernel/random/boot_id";

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
function flawOf({ sysctls, firewall }: Partial<HostBefore>): string | undefined {
  const isSetting = ([name, value]: [string, unknown]) =>
    /^(ip_forward|conf\/[^/]+\/(forwarding|accept_redirects))$/.test(name) &&
    typeof value === "string" &&
    /^\d{1,3}$/.test(value);
  if (sysctls === undefined || (sysctls !== null && !Object.entries(sysctls).every(isSetting))) {
    return '"sysctls" is invalid';
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
  if (record !== null && !mustRememberSysctls) {
    return null;
  }
  return {
    version: 1,
    bootId: await readBootId(host),
    sysctls: mustRememberSysctls ? await readSysctls(host, fabric, observed) : (record?.sysctls ?? null),
    firewall: record === null ? describeFirewall(observed) : record.firewall,
  };
}

/**
 * Returns the sysctls to restore, in the order in which to write them: ip_forward comes first, because it changes all
 * the others.
 */
export async function sysctlsToRestore(
  host: Host,
  record: HostBefore | null,
): Promise<readonly { readonly path: string; readonly value: string }[]> {
  const before = Object.entries(record?.sysctls ?? {}).map(([name, value]) => ({
    path: `${IPV4}/${name}`,
    value,
  }));
  const now = await Promise.all(before.map(({ path }) => host.readFile(path)));
  const changed = before.filter(({ value }, index) => {
    const text = now[index];
    return text !== undefined && text.trim() !== value;
  });
  const resetsAll = changed.some(({ path }) => path === `${IPV4}/ip_forward`);
  return resetsAll ? before.filter((_, index) => now[index] !== undefined) : changed;
}

async function readBootId(host: Host): Promise<string> {
  return ((await host.readFile(BOOT_ID_PATH)) ?? "").trim();
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
  const isOurs = deviceOwnership(fabric);
  const ours = new Set(observed.devices.filter(isOurs).map(({ name }) => name));
  const devices = (await host.list(`${IPV4}/conf`)).filter((name) => name !== "all" && !ours.has(name));
  const names = [
    "ip_forward",
    "conf/all/accept_redirects",
    ...devices.map((name) => `conf/${name}/forwarding`),
  ];
  const values = await Promise.all(names.map((name) => host.readFile(`${IPV4}/${name}`)));
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
