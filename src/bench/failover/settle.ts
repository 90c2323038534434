import { CommandError, TimeoutError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { observersOf } from "../../nodes/bgp.ts";
import { waitForConvergence } from "../../nodes/converge.ts";
import type { Machines } from "../../nodes/machines.ts";
import { type Server, waitForPaths } from "../../servers/server.ts";
import type { Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import { numberOf, objectsIn, parseJson, textOf } from "../../untrusted-json.ts";

export interface SettleOptions {
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  readonly note: (text: string) => void;
}

const ASK_TIMEOUT_MS = 20_000;
/**
 * A BFD session begins with a packet a second, and changes to its own interval in the following second (RFC 5880,
 * 6.8.3).
 */
const BFD_SETTLED_S = 2;

/** Waits until the fabric is complete: BGP between all, BFD at its own interval, and all paths between the servers. */
export async function settle(
  host: Host,
  machines: Machines,
  fabric: Fabric,
  servers: readonly [Server, Server],
  options: SettleOptions,
): Promise<void> {
  const { timeoutMs } = options;
  await waitForConvergence(host, machines, fabric, { ...options, deadline: Date.now() + timeoutMs });
  await waitForPaths(host, servers, timeoutMs);
  await Promise.all(
    [...observersOf(fabric)].map(([node, ports]) =>
      pollUntil({ what: `BFD of ${node}`, timeoutMs, intervalMs: 200 }, async () => {
        const unsettled = await unsettledPorts(machines, node, ports);
        return unsettled.length === 0
          ? { done: true, value: undefined }
          : { done: false, seen: unsettled.join("\n") };
      }),
    ),
  );
}

async function unsettledPorts(
  machines: Machines,
  node: string,
  ports: readonly string[],
): Promise<readonly string[]> {
  try {
    const { stdout } = await machines.exec(
      node,
      { file: "/usr/bin/vtysh", args: ["-d", "bfdd", "-c", "show bfd peers json"] },
      { timeoutMs: ASK_TIMEOUT_MS },
    );
    const peers = new Map(objectsIn(parseJson(stdout)).map((peer) => [peer.interface, peer]));
    return ports.flatMap((port) => {
      const peer = peers.get(port);
      const status = textOf(peer?.status, "no session");
      // Seconds; only while it is up.
      const uptime = numberOf(peer?.uptime, 0);
      return status === "up" && uptime >= BFD_SETTLED_S ? [] : [`${node} ${port}: ${status} for ${uptime} s`];
    });
  } catch (error) {
    if (error instanceof CommandError || error instanceof TimeoutError) {
      return [error.message];
    }
    throw error;
  }
}
