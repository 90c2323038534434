import { randomBytes } from "node:crypto";
import { GUEST_LIBRARY, guestExec } from "../../qemu/guest-exec.ts";
import type { Host } from "../../system/host.ts";
import type { NodeFolder } from "./node-folder.ts";

const TIMEOUT_MS = 30_000;
const SEED_BYTES = 64;

/**
 * Reseeds the random state of each of these switches at once, so that it differs from the state with which it resumed.
 * For VMs whose kernel can't use QEMU's generation ID to detect that it is a copy.
 */
export async function renewRandomness(host: Host, nodes: readonly NodeFolder[]): Promise<void> {
  await Promise.all(
    nodes.map(({ agent }) =>
      guestExec(
        host,
        { file: `${GUEST_LIBRARY}/set-up`, args: ["random-state"], input: randomBytes(SEED_BYTES) },
        { socket: agent, timeoutMs: TIMEOUT_MS },
      ),
    ),
  );
}
