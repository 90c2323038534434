import type { Command, Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";

/** Where libexec/enclosure/host-ports serves, inside the enclosure only. */
const SOCKET = "/run/enclosure/host-ports";

/** Exit code of libexec/enclosure/host-ports if a port can't be opened. */
const NOT_OPENED = 3;

/**
 * Returns the command as it runs with listening sockets on these TCP ports of 127.0.0.1 of the host, outside of the
 * enclosure: see libexec/enclosure/host-ports.
 */
export function withHostPorts(command: Command, ports: readonly number[]): Command {
  const program = productPath("libexec/enclosure/host-ports");
  return {
    ...command,
    file: "perl",
    args: [program, SOCKET, ...ports.map(String), "--", command.file, ...command.args],
  };
}

/** A TCP port of 127.0.0.1 of the host that can't be opened. */
export interface BlockedPort {
  readonly port: number;
  /** `Address already in use` */
  readonly reason: string;
}

/** Returns those of these ports that can't be opened now, by opening them for a moment. */
export async function blockedHostPorts(
  host: Host,
  ports: readonly number[],
): Promise<readonly BlockedPort[]> {
  if (ports.length === 0) {
    return [];
  }
  const { stdout } = await host.run(withHostPorts({ file: "true", args: [] }, ports), {
    okExitCodes: [NOT_OPENED],
  });
  return [...stdout.matchAll(/^(\d+) (.*)$/gm)].map(([, port, reason = ""]) => ({
    port: Number(port),
    reason,
  }));
}
