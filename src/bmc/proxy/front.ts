import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import type { ProxiedBmc } from "../proxy-config.ts";
import { filterDatagram } from "./filter.ts";
import { repeatedControls } from "./repeats.ts";
import type { SessionReader } from "./session-keys.ts";

/** Longer than the lifetime of an idle session, which the simulator ends after 30 s. */
const IDLE_MS = 60_000;
/** Per BMC. A simulator has room for 63 sessions. */
const MAX_CLIENTS = 100;

/** One client of one BMC, with its own socket towards the simulator, so that answers can be returned to it. */
interface Client {
  readonly inner: UdpSocket;
  readonly isRepeated: (message: Uint8Array) => boolean;
  readonly lastHeardMs: number;
}

/**
 * Listens on a BMC's outside socket, and forwards datagrams between its clients and its simulator until the signal is
 * aborted.
 * @param onMessage called with each message of a session before it is forwarded.
 * @throws if the socket can't be opened.
 */
export async function serveFront(
  bmc: ProxiedBmc,
  {
    sessions,
    onMessage,
    signal,
  }: {
    readonly sessions: SessionReader;
    readonly onMessage: (message: Uint8Array) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const outer = createSocket("udp4");
  /** By address and port; the client that has been idle longest is first. */
  const clients = new Map<string, Client>();
  outer.on("message", (datagram, sender) => {
    const verdict = filterDatagram(datagram, sender);
    if (verdict.kind === "answer") {
      outer.send(verdict.datagram, sender.port, sender.address);
    } else if (verdict.kind === "forward") {
      const key = `${sender.address}:${sender.port}`;
      const { inner, isRepeated } = clients.get(key) ?? {
        inner: openInner(bmc, { outer, client: sender, sessions }),
        isRepeated: repeatedControls(),
      };
      // Removed and added again: now at the end of the map's order.
      clients.delete(key);
      clients.set(key, { inner, isRepeated, lastHeardMs: performance.now() });
      forgetSilent(clients);
      const message = sessions.fromClient(datagram);
      if (message !== undefined) {
        if (isRepeated(message)) {
          return;
        }
        onMessage(message);
      }
      inner.send(datagram, bmc.inside.port, bmc.inside.address);
    }
  });
  const timer = setInterval(() => forgetSilent(clients), IDLE_MS / 2);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    outer.close();
    for (const { inner } of clients.values()) {
      inner.close();
    }
  });
  outer.bind(bmc.outside.port, bmc.outside.address);
  await once(outer, "listening");
  tolerateErrors(outer);
}

function openInner(
  bmc: ProxiedBmc,
  {
    outer,
    client,
    sessions,
  }: { readonly outer: UdpSocket; readonly client: RemoteInfo; readonly sessions: SessionReader },
): UdpSocket {
  const inner = createSocket("udp4");
  tolerateErrors(inner);
  inner.on("message", (datagram, sender) => {
    if (sender.address === bmc.inside.address && sender.port === bmc.inside.port) {
      sessions.fromSimulator(datagram);
      outer.send(datagram, client.port, client.address);
    }
  });
  return inner;
}

/** Closes the sockets of clients that have been idle for long, and the oldest ones beyond the limit. */
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

/** Ignores errors: a datagram that could not be sent is lost like any other, and its sender repeats it. */
function tolerateErrors(socket: UdpSocket): void {
  socket.on("error", () => {});
}
