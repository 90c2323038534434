import type { Host } from "../../system/host.ts";
import { readVersioned } from "../../system/state-file.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import type { ReadRecord } from "./record.ts";
import type { VethPort } from "./veth-ports.ts";

/** How earlier builds kept a record: with the lines for ip that made its ports. Their switches may still run. */
type EarlierRecord = Omit<ReadRecord, "version" | "ports"> & {
  readonly version: 1;
  readonly wires: readonly string[];
};

const FORM = { node: "string", network: "string", wires: "array", library: "string" } as const;

/**
 * The record in an earlier build's file; undefined where it is no such file. This is the only place where ports are read
 * out of lines for ip: that file has nothing else.
 */
export async function readEarlierRecord(host: Host, folder: NetnsFolder): Promise<ReadRecord | undefined> {
  const kept = await readVersioned<EarlierRecord>(host, folder.record, FORM);
  if (kept === undefined) {
    return undefined;
  }
  const { wires, ...rest } = kept;
  return { ...rest, version: 2, ports: wires.flatMap(readLine) };
}

const LINE =
  /^link add (\S+) address (\S+) mtu (\d+) group \d+ master (\S+) type veth peer name (\S+) address (\S+) mtu (\d+) /;

function readLine(line: string): readonly VethPort[] {
  const found = LINE.exec(line);
  if (found === null) {
    return [];
  }
  const [, hostName = "", hostMac = "", hostMtu, bridge = "", name = "", mac = "", mtu] = found;
  const hostEnd = { name: hostName, mac: hostMac, mtu: Number(hostMtu), bridge };
  return [{ name, mac, mtu: Number(mtu), hostEnd }];
}
