import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import type { ProxiedBmc } from "../proxy-config.ts";
import { filterDatagram } from "./filter.ts";

/** Longer than a silent session lives: the simulator ends it after 30 s. */
const IDLE_MS = 60_000;
/** Per BMC. A simulator has room for 63 sessions. */
const MAX_CLIENTS = 100;

/** One client of one BMC: a socket of its own towards the simulator, so that answers find the way back. */
interface Client {
  readonly inner: UdpSocket;
  lastHeardMs: number;
}

/**
 * Listen where a BMC's clients find it, and pass datagrams between them and its simulator.
 * @throws where the socket can't be had.
 */
export async function serveFront(bmc: ProxiedBmc): Promise<void> {
  const outer = createSocket("udp4");
  /** By address and port, the longest silent first. */
  const clients = new Map<string, Client>();
  outer.on("message", (datagram, sender) => {
    const verdict = filterDatagram(datagram);
    if (verdict.kind === "answer") {
      outer.send(verdict.datagram, sender.port, sender.address);
    } else if (verdict.kind === "forward") {
      const key = `${sender.address}:${sender.port}`;
      const inner = clients.get(key)?.inner ?? openInner(bmc, outer, sender);
      // Out and in again: at the end of the map's order.
      clients.delete(key);
      clients.set(key, { inner, lastHeardMs: performance.now() });
      forgetSilent(clients);
      inner.send(datagram, bmc.inside.port, bmc.inside.address);
    }
  });
  setInterval(() => forgetSilent(clients), IDLE_MS / 2);
  outer.bind(bmc.outside.port, bmc.outside.address);
  await once(outer, "listening");
  tolerateErrors(outer);
}

function openInner(bmc: ProxiedBmc, outer: UdpSocket, client: RemoteInfo): UdpSocket {
  const inner = createSocket("udp4");
  tolerateErrors(inner);
  inner.on("message", (datagram, sender) => {
    if (sender.address === bmc.inside.address && sender.port === bmc.inside.port) {
      outer.send(datagram, client.port, client.address);
    }
  });
  return inner;
}

/** Close the sockets of clients that said nothing for long, and the oldest ones beyond the limit. */
function forgetSilent(clients: Map<string, Client>): void {
  const expiredBefore = performance.now() - IDLE_MS;
  for (const [key, client] of clients) {
    if (client.lastHeardMs >= expiredBefore && clients.size <= MAX_CLIENTS) {
      return;
    }
    client.inner.close();
    clients.delete(key);
  }
}

/** A datagram that could not be sent is lost like any other, and its sender asks again. */
function tolerateErrors(socket: UdpSocket): void {
  socket.on("error", () => {});
}
