import { CommandError } from "../errors.ts";
import type { Node } from "../fabric/types.ts";
import { FRR_CONF } from "../render/render.ts";
import type { Host } from "../system/host.ts";
import { readAppliedFile } from "./applied-file.ts";
import { renderNodes } from "./render-nodes.ts";
import { appliedPath } from "./run-paths.ts";
import { plannedFacts, type RunningFabric, runnableFabric, runsPlan } from "./runs-plan.ts";
import { savedPath, writeSaved } from "./saved-routing.ts";
import { statePaths } from "./state-paths.ts";

const TIMEOUT_MS = 30_000;

export interface SaveQuestion extends RunningFabric {
  readonly stateDir: string;
}

/**
 * Keeps a running switch's routing configuration for its next starts, in place of the rendered one. It applies from the
 * very next start, whatever causes it. It is FRR's running configuration, whether or not that was written to a file in
 * the switch.
 * @returns the file on the host.
 * @throws CommandError if the switch's plan differs from the configuration's.
 */
export async function saveNode(host: Host, question: SaveQuestion, node: Node): Promise<string> {
  const { machines, stateDir } = question;
  const facts = plannedFacts(question, node);
  if (!(await runsPlan(host, question, node))) {
    throw new CommandError(
      `save ${node.name}`,
      undefined,
      "its plan differs from the configuration's; run 'ikvswitch up' first",
    );
  }
  const { stdout } = await machines.exec(
    node.name,
    { file: "/usr/bin/vtysh", args: ["-c", "show running-config"] },
    { timeoutMs: TIMEOUT_MS },
  );
  const frrConf = runningConfig(stdout);
  await writeSaved(host, stateDir, node.name, { facts, frrConf });
  await machines.setStartFile(node.name, FRR_CONF, frrConf);
  // A daemon of FRR that is restarted reads the file in the switch.
  await machines.push(node.name, FRR_CONF, Buffer.from(frrConf));
  return savedPath(stateDir, node.name);
}

/** Deletes a node's saved configuration: its next start uses the rendered one again. */
export async function forgetSaved(host: Host, stateDir: string, nodeName: string): Promise<void> {
  await host.remove(`${statePaths(stateDir).overrides}/${nodeName}`);
}

/**
 * Makes the next start of these nodes use the rendered configuration. A switch that runs with another plan is left
 * alone: `up` gives it the new plan.
 */
export async function startAsRendered(
  host: Host,
  { machines, fabric, runDir }: SaveQuestion,
  rendering: Pick<Parameters<typeof renderNodes>[1], "settings" | "templates">,
  names: readonly string[],
): Promise<void> {
  const rendered = await renderNodes(host, {
    ...rendering,
    fabric: runnableFabric({ machines, fabric }),
  });
  await Promise.all(
    rendered.map(async ({ node, files, routing }) => {
      const applied = await readAppliedFile(host, appliedPath(runDir, node.name));
      const frrConf = files.find(({ path }) => path === FRR_CONF);
      if (names.includes(node.name) && applied?.routing === routing && frrConf !== undefined) {
        await machines.setStartFile(node.name, FRR_CONF, frrConf.content);
      }
    }),
  );
}

/** Returns the configuration in the output of `show running-config`, which has two other lines before it. */
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
