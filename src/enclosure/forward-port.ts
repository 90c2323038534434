import { once } from "node:events";
import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import { withHostPorts } from "./host-ports.ts";

/** A port of the host that leads into the enclosure, until it is closed or we end. */
export interface ForwardedPort {
  close(): void;
}

/**
 * Opens a TCP port of the host's 127.0.0.1 that leads to the same port of the enclosure's.
 * @throws PreflightError if it is in use.
 */
export async function forwardPort(host: Host, port: number): Promise<ForwardedPort> {
  const forward = {
    file: "perl",
    args: [productPath("libexec/enclosure/forward"), "127.0.0.1", String(port)],
  };
  const program = await host.startPiped(withHostPorts(forward, [port]));
  const [said] = await Promise.race([once(program.output, "data"), program.ended.then(() => [""])]);
  if (!String(said).includes("ready")) {
    const { stderr } = await program.ended;
    throw new PreflightError([
      {
        what: `TCP port ${port} of this host can't be opened: ${String(said).trim() || stderr.trim()}`,
        why: "the page is served there",
        fix: "choose another port with --listen",
      },
    ]);
  }
  return { close: () => program.kill() };
}
