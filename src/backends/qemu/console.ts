import { connectToMachine } from "../../qemu/connect.ts";
import type { Host } from "../../system/host.ts";
import type { Terminal } from "../model/backend.ts";
import type { NodeFolder } from "./node-folder.ts";

/** Ctrl-], as in telnet(1): no program in a switch uses it. */
export const ESCAPE_BYTE = 0x1d;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects the user's terminal to a switch's serial console until Ctrl-], the end of input, or the end of the VM. QEMU
 * serves one client at a time: a second one sees nothing until the first has left.
 */
export async function attachConsole(
  host: Host,
  folder: NodeFolder,
  { input, output }: Terminal,
): Promise<"escape" | "machine ended"> {
  const deadline = Date.now() + CONNECT_TIMEOUT_MS;
  const socket = await connectToMachine(host, "console", folder.serial, deadline);
  return new Promise((resolve) => {
    const leave = (reason: "escape" | "machine ended") => {
      input.off("data", type);
      input.setRawMode?.(false);
      input.pause();
      socket.destroy();
      resolve(reason);
    };
    const type = (bytes: Buffer) => {
      const end = bytes.indexOf(ESCAPE_BYTE);
      socket.write(end < 0 ? bytes : bytes.subarray(0, end));
      if (end >= 0) {
        leave("escape");
      }
    };
    socket.on("data", (bytes: Buffer) => output.write(bytes));
    socket.on("error", () => leave("machine ended"));
    socket.on("close", () => leave("machine ended"));
    input.on("data", type);
    input.on("end", () => leave("escape"));
    // Every key goes to the switch, including Ctrl-C.
    input.setRawMode?.(true);
    input.resume();
  });
}
