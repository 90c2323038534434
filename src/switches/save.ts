import { CommandError } from "../errors.ts";
import { FRR_CONF } from "../render/render.ts";
import type { NodeOverrides } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import type { Machines } from "./machines.ts";
import { statePaths } from "./state-paths.ts";

const TIMEOUT_MS = 30_000;

/**
 * Keep a running switch's routing configuration for its next starts, in place of the rendered one. It is what
 * FRR runs with now, whether or not it was written to a file inside; nothing in the switch changes.
 * @returns the file on the host.
 */
export async function saveNode(
  host: Host,
  machines: Machines,
  stateDir: string,
  nodeName: string,
): Promise<string> {
  const { stdout } = await machines.exec(
    nodeName,
    { file: "/usr/bin/vtysh", args: ["-c", "show running-config"] },
    { timeoutMs: TIMEOUT_MS },
  );
  const path = overridePath(stateDir, nodeName);
  await host.writeFile(path, runningConfig(stdout), 0o600);
  return path;
}

/** Forget what was saved of a node: its next start has the rendered configuration again. */
export async function forgetSaved(host: Host, stateDir: string, nodeName: string): Promise<void> {
  await host.remove(`${statePaths(stateDir).overrides}/${nodeName}`);
}

/** What was saved of a node; empty where nothing was. */
export async function readOverrides(host: Host, stateDir: string, nodeName: string): Promise<NodeOverrides> {
  const saved = await host.readFile(overridePath(stateDir, nodeName));
  return saved === undefined ? {} : { [FRR_CONF]: saved };
}

function overridePath(stateDir: string, nodeName: string): string {
  return `${statePaths(stateDir).overrides}/${nodeName}/frr.conf`;
}

/** `show running-config` prints two lines of talk before the configuration. */
export function runningConfig(shown: string): string {
  const start = /^Current configuration:\n!?\n?/m.exec(shown);
  const text = start === null ? "" : shown.slice(start.index + start[0].length);
  if (text.trim() === "") {
    throw new CommandError(
      "vtysh show running-config",
      undefined,
      `no configuration in its output:\n${shown}`,
    );
  }
  return text;
}
