import type { Host } from "../system/host.ts";
import type { Socket } from "./endpoint.ts";

/** Reports whether a process listens on this UDP socket. */
export async function isListening(host: Host, socket: Socket): Promise<boolean> {
  const table = (await host.readFile("/proc/net/udp")) ?? "";
  return rowOf(table, socket) !== undefined;
}

/** Returns the user id of the socket's owner, from /proc/net/tcp or udp; undefined if there is none. */
export function socketOwner(table: string, socket: Socket): number | undefined {
  const uid = rowOf(table, socket)?.[7];
  return uid === undefined ? undefined : Number(uid);
}

/** Returns the fields of the row with this local address. */
function rowOf(table: string, socket: Socket): readonly string[] | undefined {
  const rows = table.trim().split("\n").slice(1);
  const entry = tableEntry(socket);
  return rows.map((row) => row.trim().split(/\s+/)).find((fields) => fields[1] === entry);
}

/**
 * Formats a socket as `0100007F:026F`: the address as a little-endian processor reads it, the port in plain
 * hexadecimal.
 */
function tableEntry(socket: Socket): string {
  const address = socket.address.split(".").map(Number).reverse();
  return `${address.map((octet) => hex(octet, 2)).join("")}:${hex(socket.port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
