import type { Host } from "../../system/host.ts";
import { readVersioned } from "../../system/state-file.ts";
import type { NetnsFolder } from "./netns-folder.ts";
import type { VethPort } from "./netns-ports.ts";
import type { ReadRecord } from "./record.ts";

/** A record as earlier builds wrote it: with the lines for ip that made its ports. Their switches may still run. */
type EarlierRecord = Omit<ReadRecord, "version" | "ports"> & {
  readonly version: 1;
  readonly wires: readonly string[];
};

const FORM = { node: "string", network: "string", wires: "array", library: "string" } as const;

/**
 * Reads the record in an earlier build's file; undefined if the file is not one. This is the only place that parses
 * ports from lines for ip: that file has no other data about them.
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
