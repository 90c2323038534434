import type { Host } from "../../system/host.ts";
import { withGuestAgent } from "./guest-agent.ts";
import type { NodePaths } from "./paths.ts";
import { setClock } from "./template/clone.ts";

const TIMEOUT_MS = 30_000;

/** Tell switches that went on after a pause what time it is. */
export async function setClocks(host: Host, nodes: readonly NodePaths[]): Promise<void> {
  await Promise.all(
    nodes.map(({ agent }) => withGuestAgent(host, { socket: agent, timeoutMs: TIMEOUT_MS }, setClock)),
  );
}
