import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { pollUntil } from "../system/poll.ts";
import { withGuestAgent } from "./qemu/guest-agent.ts";
import { type NodePaths, nodePaths } from "./qemu/paths.ts";
import { machinePid } from "./qemu/process.ts";

const WATCH_MS = 500;
const TAIL_LINES = 15;

/**
 * Wait until the node's machine has booted: until the agent inside, which init starts when the routing daemons
 * run, answers.
 * @throws CommandError with the tail of the console when the machine ends or its kernel gives up before that.
 * @throws TimeoutError, with the same.
 */
export async function waitForBoot(
  host: Host,
  runDir: string,
  nodeName: string,
  options: { readonly timeoutMs: number; readonly interrupted?: AbortSignal },
): Promise<void> {
  const paths = nodePaths(runDir, nodeName);
  const sinceByte = (await host.stat(paths.console))?.sizeBytes ?? 0;
  const answered = withGuestAgent(host, { socket: paths.agent, timeoutMs: options.timeoutMs }, (agent) =>
    agent.execute("guest-ping"),
  ).then(
    () => true,
    // The watch below tells why: the machine ended, or time is over.
    () => false,
  );
  await pollUntil({ what: `the boot of ${nodeName}`, intervalMs: 0, ...options }, async () => {
    if (await Promise.race([answered, after(WATCH_MS, false)])) {
      return { done: true, value: undefined };
    }
    await failIfDead(host, nodeName, paths, sinceByte);
    return { done: false, seen: await consoleTail(host, paths) };
  });
}

/**
 * @param sinceByte length of the console's log before the boot that is looked at.
 * @throws CommandError with the tail of the console when the machine is off or its kernel has panicked.
 */
export async function failIfDead(
  host: Host,
  nodeName: string,
  paths: NodePaths,
  sinceByte = 0,
): Promise<void> {
  const written = Buffer.from((await host.readBytes(paths.console)) ?? []).subarray(sinceByte);
  const panicked = written.includes("Kernel panic");
  if (panicked || (await machinePid(host, paths)) === undefined) {
    const how = panicked ? "its kernel panicked" : "its machine ended";
    throw new CommandError(`${nodeName}: ${how}`, undefined, await consoleTail(host, paths));
  }
}

/** The last lines that the node's serial console showed. */
export async function consoleTail(host: Host, paths: NodePaths): Promise<string> {
  const text = (await host.readFile(paths.console)) ?? "";
  const lines = text.replaceAll("\r", "").trimEnd().split("\n").slice(-TAIL_LINES);
  return text === "" ? "(nothing on its console)" : lines.join("\n");
}

function after<T>(milliseconds: number, value: T): Promise<T> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, value));
}
