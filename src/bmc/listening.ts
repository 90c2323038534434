import type { Host } from "../system/host.ts";
import type { Socket } from "./endpoint.ts";

/** Whether some process listens on this UDP socket. */
export async function isListening(host: Host, socket: Socket): Promise<boolean> {
  const table = (await host.readFile("/proc/net/udp")) ?? "";
  return udpSockets(table).has(udpTableEntry(socket));
}

/** Local addresses in /proc/net/udp, in its own notation. */
export function udpSockets(table: string): ReadonlySet<string> {
  const rows = table.trim().split("\n").slice(1);
  return new Set(rows.map((row) => row.trim().split(/\s+/)[1] ?? ""));
}

/** `0100007F:026F`: the address as a little-endian processor reads it, the port in plain hexadecimal. */
export function udpTableEntry(socket: Socket): string {
  const address = socket.address.split(".").map(Number).reverse();
  return `${address.map((octet) => hex(octet, 2)).join("")}:${hex(socket.port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
