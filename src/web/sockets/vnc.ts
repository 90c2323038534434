import { once } from "node:events";
import { connect } from "node:net";
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
    await carry(socket, { address, port: node.machine.vncPort }, call.ended);
  } catch (error) {
    // A reason has 123 bytes at most (RFC 6455, section 5.5).
    socket.close(FAILED, call.describe(error).slice(0, 40));
  }
}

async function carry(
  socket: WebSocket,
  { address, port }: { readonly address: string; readonly port: number },
  ended: AbortSignal,
): Promise<void> {
  const server = connect(port, address);
  const left = once(socket, "close");
  // noVNC waits for the server, which speaks first.
  socket.on("message", (data: Buffer) => {
    if (!server.write(data) && !socket.isPaused) {
      socket.pause();
      server.once("drain", () => socket.resume());
    }
  });
  try {
    const waiting = AbortSignal.any([ended, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    await once(server, "connect", { signal: waiting });
    server.on("data", async (bytes) => {
      server.pause();
      await send(socket, bytes);
      server.resume();
    });
    await Promise.race([left, once(server, "close"), once(ended, "abort")]);
    socket.close();
  } finally {
    server.destroy();
  }
}
