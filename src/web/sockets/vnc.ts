import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { WebSocket } from "ws";
import { currentBackend } from "../../backends/find.ts";
import { UsageError } from "../../errors.ts";
import { nodeNamed } from "../service/find.ts";
import type { SocketCall } from "./call.ts";
import { send } from "./send.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const FAILED = 1011;

/** Carries a connection to a switch's VNC server until either end closes it. */
export async function serveVnc(socket: WebSocket, call: SocketCall): Promise<void> {
  try {
    const { lab } = await call.services.lab();
    const { host, settings, backends } = lab;
    const node = nodeNamed(lab.fabric, call.parameters.node);
    const place = { runDir: settings.runDir, configured: settings.backend, backends };
    const backend = await currentBackend(host, place);
    if (backend.vnc === undefined) {
      throw new UsageError(`the ${backend.name} backend has no VNC console`);
    }
    const listens = backend.vnc.listenAddress(settings);
    const address = listens === "0.0.0.0" ? "127.0.0.1" : listens;
    await carry(socket, await connected(node.machine.vncPort, address, call.ended), call.ended);
  } catch (error) {
    closeFailed(socket, call.describe(error));
  }
}

/** A reason has 123 bytes at most (RFC 6455, section 5.5). */
export function closeFailed(socket: WebSocket, reason: string): void {
  socket.close(FAILED, reason.slice(0, 40));
}

async function connected(port: number, address: string, ended: AbortSignal): Promise<Socket> {
  const server = connect(port, address);
  try {
    await once(server, "connect", {
      signal: AbortSignal.any([ended, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]),
    });
    return server;
  } catch (error) {
    server.destroy();
    throw error;
  }
}

/** Carries bytes between a WebSocket and a VNC server until either closes. */
export async function carry(socket: WebSocket, server: Socket, ended: AbortSignal): Promise<void> {
  // noVNC speaks once the server has.
  socket.on("message", (data: Buffer) => {
    if (!server.write(data) && !socket.isPaused) {
      socket.pause();
      server.once("drain", () => socket.resume());
    }
  });
  server.on("error", () => server.destroy());
  server.on("data", async (bytes) => {
    server.pause();
    await send(socket, bytes);
    server.resume();
  });
  await new Promise<void>((resolve) => {
    server.once("close", () => resolve());
    ended.addEventListener("abort", () => resolve(), { once: true });
    if (ended.aborted || server.destroyed) {
      resolve();
    }
  });
  server.destroy();
  socket.close();
}
