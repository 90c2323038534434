import type { SwitchPorts } from "../host/model/switch-ports.ts";
import type { Backend } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { sandboxPaths } from "./netns/paths.ts";
import { sandboxPid } from "./netns/process.ts";
import { nodesFolder } from "./qemu/paths.ts";
import { runningBackend } from "./running.ts";

/**
 * What the host's network is to have for the switches that run, or would run.
 * @param otherwise where none runs: BACKEND.
 */
export async function switchPorts(host: Host, runDir: string, otherwise: Backend): Promise<SwitchPorts> {
  if (((await runningBackend(host, runDir)) ?? otherwise) === "qemu") {
    return { kind: "tap" };
  }
  const names = await host.list(nodesFolder(runDir));
  const pids = await Promise.all(names.map((name) => sandboxPid(host, sandboxPaths(runDir, name))));
  return { kind: "veth", running: names.filter((_, index) => pids[index] !== undefined) };
}
