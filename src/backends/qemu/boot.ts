import { setTimeout as after } from "node:timers/promises";
import { CommandError } from "../../errors.ts";
import { withGuestAgent } from "../../qemu/guest-agent.ts";
import type { Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import { consoleTail, panicReport } from "./console-log.ts";
import type { NodeFolder } from "./node-folder.ts";
import { machinePid } from "./process.ts";

const WATCH_MS = 500;

/**
 * Waits until the node's VM has booted: until its guest agent answers, which init starts once the routing daemons run.
 * @throws CommandError with the tail of the console if the VM ends or its kernel panics before that.
 * @throws TimeoutError with the same.
 */
export async function waitForBoot(
  host: Host,
  folder: NodeFolder,
  options: { readonly timeoutMs: number; readonly interrupted?: AbortSignal },
): Promise<void> {
  const answered = withGuestAgent(host, { socket: folder.agent, timeoutMs: options.timeoutMs }, (agent) =>
    agent.execute("guest-ping"),
  ).then(
    () => true,
    // The loop below reports the cause: the VM ended, or time is over.
    () => false,
  );
  await pollUntil({ what: `the boot of ${folder.name}`, intervalMs: 0, ...options }, async () => {
    if (await Promise.race([answered, after(WATCH_MS, false)])) {
      return { done: true, value: undefined };
    }
    await failIfDead(host, folder);
    return { done: false, seen: await consoleTail(host, folder) };
  });
}

/** @throws CommandError with the last console output if the VM is off or its kernel has panicked. */
export async function failIfDead(host: Host, folder: NodeFolder): Promise<void> {
  const panic = await panicReport(host, folder);
  if (panic !== null) {
    throw new CommandError(`${folder.name}: kernel panic`, undefined, panic);
  }
  if ((await machinePid(host, folder)) === undefined) {
    throw new CommandError(`${folder.name}: powered off`, undefined, await consoleTail(host, folder));
  }
}
