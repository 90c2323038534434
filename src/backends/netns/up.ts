import type { Config } from "../../config/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { untaggedFabric } from "../../fabric/untagged.ts";
import { checkHostNetwork } from "../../host/start.ts";
import { checkFabricRoom } from "../../nodes/check-room.ts";
import { waitForConvergence } from "../../nodes/converge.ts";
import { type RenderedNode, renderNodes } from "../../nodes/render-nodes.ts";
import { slot } from "../../nodes/slot.ts";
import { summary } from "../../nodes/summary.ts";
import { loadTemplates } from "../../nodes/templates.ts";
import type { Host } from "../../system/host.ts";
import { checkTogether } from "../../system/preflight.ts";
import type { Step } from "../../system/steps.ts";
import type { NodeOutcome } from "../qemu/bring.ts";
import { nodesFolder } from "../qemu/paths.ts";
import { bringSandboxes } from "./bring.ts";
import type { ProgramFolders } from "./files.ts";
import { netnsMachines } from "./machines.ts";
import { checkSandboxHost, type SandboxHost } from "./preflight.ts";
import { prepareSandboxes, SANDBOX_OPTIONS, type SandboxWork } from "./prepare.ts";
import { stopSandboxes } from "./stop.ts";

export interface SandboxUpRequest {
  readonly config: Config;
  readonly fabric: Fabric;
  /** Folder of the shipped templates. */
  readonly templates: string;
  readonly folders: ProgramFolders;
  /** For start and convergence together. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  /** What of the fabric can be expected to converge: faults on purpose are not waited for. */
  readonly observable: () => Promise<Fabric>;
  readonly onWarning: (text: string) => void;
}

export interface SandboxUp {
  /** Everything that can fail without the host network: to be done before anything is stopped or changed. */
  readonly preflight: readonly Step[];
  readonly steps: readonly Step[];
  /** What came of it, once all steps are done. */
  readonly outcomes: () => Readonly<Record<string, NodeOutcome>>;
}

/** Bring all switches up as namespaces, on a host whose wires are, but for the switches' own ends. */
export function upSandboxes(host: Host, request: SandboxUpRequest): SandboxUp {
  const { config, interrupted } = request;
  const interruption = interrupted === undefined ? {} : { interrupted };
  const sandboxHost = slot<SandboxHost>();
  const rendered = slot<readonly RenderedNode[]>();
  const work = slot<readonly SandboxWork[]>();
  const outcomes = slot<Readonly<Record<string, NodeOutcome>>>();
  const fabric = (): Fabric => (sandboxHost.get().vlans ? request.fabric : untaggedFabric(request.fabric));

  const preflight: Step[] = [
    {
      title: "Check this machine",
      run: async () => {
        const [found] = await checkTogether(
          checkSandboxHost(host),
          checkHostNetwork(host, request.fabric, config),
          checkFabricRoom(host, config, request.fabric.nodes),
        );
        sandboxHost.set(found);
        return found.vlans ? "network namespaces" : NO_VLANS;
      },
    },
    {
      title: "Render the switches' files",
      run: async () => {
        const templates = await loadTemplates(host, request.templates);
        rendered.set(
          await renderNodes(host, {
            config,
            fabric: fabric(),
            templates,
            options: SANDBOX_OPTIONS,
            onWarning: request.onWarning,
          }),
        );
        return `of ${rendered.get().length} switches`;
      },
    },
  ];
  const steps: Step[] = [
    {
      title: "Start the switches",
      run: async () => {
        const { vlans } = sandboxHost.get();
        const { folders } = request;
        work.set(
          await prepareSandboxes(host, {
            config,
            fabric: fabric(),
            rendered: rendered.get(),
            folders,
            vlans,
          }),
        );
        await stopLeftovers(host, request);
        outcomes.set(await bringSandboxes(host, config.RUN_DIR, work.get()));
        return summary(Object.values(outcomes.get()));
      },
    },
    {
      title: "Wait for routing to converge",
      run: async (note) => {
        const machines = netnsMachines(host, config.RUN_DIR, sandboxHost.get().vlans);
        const observable = await request.observable();
        await waitForConvergence(host, machines, observable, {
          ...interruption,
          deadline: Date.now() + request.timeoutMs,
          timeoutMs: request.timeoutMs,
          note,
        });
        const { nodes, sessions } = observable;
        return `${nodes.length} loopbacks answer, ${sessions.length} BGP sessions are established`;
      },
    },
  ];
  return { preflight, steps, outcomes: outcomes.get };
}

const NO_VLANS =
  "network namespaces; this kernel has no 802.1Q, so server ports are untagged, without DHCP and layer 2 VLANs";

/** Sandboxes of an earlier, larger fabric, and those whose start was interrupted. */
async function stopLeftovers(host: Host, { config, fabric }: SandboxUpRequest): Promise<void> {
  const planned = new Set(fabric.nodes.map((node) => node.name));
  const names = (await host.list(nodesFolder(config.RUN_DIR))).filter((name) => !planned.has(name));
  await stopSandboxes(host, config.RUN_DIR, { names, graceMs: 0 });
}
