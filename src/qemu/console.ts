import type { Host } from "../system/host.ts";
import type { Terminal } from "../system/terminal.ts";
import { connectToMachine } from "./connect.ts";

/** Ctrl-], as in telnet(1): no program uses it. */
export const ESCAPE_BYTE = 0x1d;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects the user's terminal to a VM's serial console until Ctrl-], the end of input, or the end of the VM. QEMU
 * serves one client at a time: a second one sees nothing until the first has left.
 */
export async function attachConsole(
  host: Host,
  socket: string,
  { input, output }: Terminal,
): Promise<"escape" | "machine ended"> {
  const deadline = Date.now() + CONNECT_TIMEOUT_MS;
  const connection = await connectToMachine(host, { what: `console on ${socket}`, socket }, deadline);
  return new Promise((resolve) => {
    const leave = (reason: "escape" | "machine ended") => {
      input.off("data", type);
      input.setRawMode?.(false);
      input.pause();
      connection.destroy();
      resolve(reason);
    };
    const type = (bytes: Buffer) => {
      const end = bytes.indexOf(ESCAPE_BYTE);
      connection.write(end < 0 ? bytes : bytes.subarray(0, end));
      if (end >= 0) {
        leave("escape");
      }
    };
    connection.on("data", (bytes: Buffer) => output.write(bytes));
    connection.on("error", () => leave("machine ended"));
    connection.on("close", () => leave("machine ended"));
    input.on("data", type);
    input.on("end", () => leave("escape"));
    // Every key goes to the VM, including Ctrl-C.
    input.setRawMode?.(true);
    input.resume();
  });
}
