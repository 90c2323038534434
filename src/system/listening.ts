import type { Host } from "./host.ts";

/** An address and port of the host. */
export interface Socket {
  readonly address: string;
  readonly port: number;
}

/** States of listening sockets (include/net/tcp_states.h): TCP_LISTEN, and TCP_CLOSE of unconnected UDP sockets. */
const LISTENING = { tcp: "0A", udp: "07" } as const;

/** Reports whether a process listens on this socket. */
export async function isListening(host: Host, protocol: "tcp" | "udp", socket: Socket): Promise<boolean> {
  const table = (await host.readFile(`/proc/net/${protocol}`)) ?? "";
  return rowsOf(table, socket).some((fields) => fields[3] === LISTENING[protocol]);
}

/** Returns the user id of the socket's owner, from /proc/net/tcp or udp; undefined if there is none. */
export function socketOwner(table: string, socket: Socket): number | undefined {
  const uid = rowsOf(table, socket)[0]?.[7];
  return uid === undefined ? undefined : Number(uid);
}

/** Returns the fields of each row with this local address. */
function rowsOf(table: string, socket: Socket): readonly (readonly string[])[] {
  const rows = table.trim().split("\n").slice(1);
  const entry = tableEntry(socket);
  return rows.map((row) => row.trim().split(/\s+/)).filter((fields) => fields[1] === entry);
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
