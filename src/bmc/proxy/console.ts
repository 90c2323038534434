import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Host } from "../../system/host.ts";
import { socketOwner } from "../../system/listening.ts";
import type { ProxiedBmc } from "../proxy-config.ts";

/** Interval between attempts to connect to a machine that is off, or about to offer its console. */
const RETRY_MS = 500;
/**
 * Limit on data that the slower side has not read yet. Beyond it, a console loses output like a serial line without
 * flow control.
 */
const MAX_UNSENT_BYTES = 64 * 1024;

/**
 * Listens where a BMC's simulator expects its machine's console, and joins the two until the signal is aborted.
 *
 * The simulator connects to TCP only. It repairs a lost connection ten seconds later, or never if a client's
 * acknowledgement arrives in between (sol.c, OpenIPMI 2.0.33 to 2.0.36). So its connection is kept open, while the
 * machine's side, a unix socket, comes and goes with the machine.
 * @throws if the socket can't be opened.
 */
export async function serveConsole(host: Host, bmc: ProxiedBmc, signal: AbortSignal): Promise<void> {
  const server = createServer();
  let simulator: Socket | undefined;
  let machine: Socket | undefined;

  server.on("connection", async (socket) => {
    socket.on("error", () => {});
    if (!(await isOurUsers(host, socket))) {
      socket.destroy();
      return;
    }
    simulator?.destroy();
    simulator = socket;
    socket.on("data", (bytes) => send(machine, bytes));
    socket.on("close", () => {
      if (simulator === socket) {
        simulator = undefined;
        machine?.destroy();
      }
    });
    findMachine();
  });

  const findMachine = () => {
    if (signal.aborted || simulator === undefined || machine !== undefined) {
      return;
    }
    const socket = connect(bmc.machineConsole);
    machine = socket;
    socket.on("error", () => {});
    socket.on("data", (bytes) => send(simulator, bytes));
    socket.on("close", () => {
      machine = undefined;
      setTimeout(findMachine, RETRY_MS);
    });
  };
  signal.addEventListener("abort", () => {
    server.close();
    simulator?.destroy();
    machine?.destroy();
  });
  server.listen(bmc.console.port, bmc.console.address);
  await once(server, "listening");
}

function send(socket: Socket | undefined, bytes: Buffer): void {
  if (socket?.writable && socket.writableLength < MAX_UNSENT_BYTES) {
    socket.write(bytes);
  }
}

/**
 * Reports whether a connection belongs to our own user: TCP on loopback is open to every user of the host, and root may
 * be logged in on the consoles behind it.
 */
async function isOurUsers(host: Host, socket: Socket): Promise<boolean> {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) {
    return false;
  }
  // Without a free file descriptor it can't be read.
  const table = (await host.readFile("/proc/net/tcp").catch(() => undefined)) ?? "";
  return socketOwner(table, { address: remoteAddress, port: remotePort }) === process.getuid?.();
}
