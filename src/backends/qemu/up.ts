import type { Config } from "../../config/types.ts";
import type { Fabric, Node } from "../../fabric/types.ts";
import { checkHostNetwork } from "../../host/start.ts";
import { checkFabricRoom } from "../../nodes/check-room.ts";
import { ensureConsolePasswords } from "../../nodes/console-passwords.ts";
import { waitForConvergence } from "../../nodes/converge.ts";
import { listenAddress } from "../../nodes/listen.ts";
import { slot } from "../../nodes/slot.ts";
import { summary } from "../../nodes/summary.ts";
import { loadTemplates } from "../../nodes/templates.ts";
import type { NodeFile } from "../../render/types.ts";
import type { Host } from "../../system/host.ts";
import { checkTogether } from "../../system/preflight.ts";
import type { Step } from "../../system/steps.ts";
import { DEFAULT_GRACE_MS } from "../down.ts";
import { type Acceleration, chooseAccelerator } from "./accel.ts";
import type { NodeOutcome } from "./bring.ts";
import { type Brought, bringAll, processors } from "./bring-all.ts";
import type { Architecture, BootFiles } from "./command.ts";
import { DISK_BYTES } from "./deliver.ts";
import { removeNode } from "./launch.ts";
import { stopMachine } from "./machine.ts";
import { qemuMachines } from "./machines.ts";
import { nodePaths, nodesFolder } from "./paths.ts";
import { checkBmcs, checkPorts, checkSwitchHost, type SwitchHost } from "./preflight.ts";
import { type NodeWork, prepareNodes } from "./prepare.ts";
import { machinePid } from "./process.ts";
import { openStateFolder } from "./state-folder.ts";
import { type ProvidedTemplates, provideTemplates, type TemplatesRequest } from "./template/provide.ts";

/** The switches' image, whoever provides it. */
export interface ImageSource {
  /** Find the image, or build it. */
  provide(architecture: Architecture, note: (text: string) => void): Promise<BootFiles>;
  /** Files as the disk from which a machine booted from that image reads them. */
  nodeDisk(files: readonly NodeFile[]): Uint8Array;
}

export interface UpRequest {
  readonly config: Config;
  readonly fabric: Fabric;
  /** Folder of the shipped templates. */
  readonly templates: string;
  readonly image: ImageSource;
  /** For boot and convergence together. */
  readonly timeoutMs: number;
  readonly interrupted?: AbortSignal;
  /** What of the fabric can be expected to converge: faults on purpose are not waited for. */
  readonly observable: () => Promise<Fabric>;
  readonly onWarning: (text: string) => void;
  /** Whether every switch will have been stopped by the time these steps begin. */
  readonly afterStop?: boolean;
}

export interface UpReport {
  readonly acceleration: Acceleration;
  readonly outcomes: Readonly<Record<string, NodeOutcome>>;
}

export interface Up {
  /** Everything that can fail without the host network: to be done before anything is stopped or changed. */
  readonly preflight: readonly Step[];
  readonly steps: readonly Step[];
  /** What came of it, once all steps are done. */
  readonly report: () => UpReport;
}

/**
 * Bring all switches up; `steps` need the host's side of the links. A fabric that runs already is only made to follow what
 * changed: switches that need nothing are not touched. Failing leaves what was started, for the next try to go on.
 */
export function upSwitches(host: Host, request: UpRequest): Up {
  const { config, fabric, interrupted } = request;
  const interruption = interrupted === undefined ? {} : { interrupted };
  const switchHost = slot<SwitchHost>();
  const acceleration = slot<Acceleration>();
  const boot = slot<BootFiles>();
  const work = slot<readonly NodeWork[]>();
  const templates = slot<ProvidedTemplates>();
  const brought = slot<Brought>();
  const deadline = slot<number>();

  const preflight: Step[] = [
    {
      title: "Check this machine",
      run: async () => {
        const stopped = await stoppedNodes(host, request);
        const [found] = await checkTogether(
          checkSwitchHost(host, config.EMULATOR_USER, stopped),
          checkPorts(host, config, { all: fabric.nodes, vnc: stopped }),
          checkHostNetwork(host, fabric, config),
          checkBmcs(host, config),
          checkFabricRoom(host, config, fabric.nodes),
        );
        switchHost.set(found);
        await openStateFolder(host, config.STATE_DIR, switchHost.get().user);
        acceleration.set(await accelerate(host, config, switchHost.get()));
        const { accelerator, reason } = acceleration.get();
        return reason === "" ? accelerator : `${accelerator}, ${reason}`;
      },
    },
    {
      title: "Provide the switches' image",
      run: async (note) => {
        boot.set(await request.image.provide(switchHost.get().architecture, note));
        return boot.get().root;
      },
    },
    {
      title: "Render the switches' files",
      run: async () => {
        const prepared = await prepareNodes(host, {
          config,
          fabric,
          templates: await loadTemplates(host, request.templates),
          switchHost: switchHost.get(),
          accelerator: acceleration.get().accelerator,
          boot: boot.get(),
          nodeDisk: request.image.nodeDisk,
          onWarning: request.onWarning,
        });
        work.set(request.afterStop ? prepared.map((one) => ({ ...one, action: "start" })) : prepared);
        return summary(work.get().map(({ action }) => action));
      },
    },
    {
      title: "Provide the switches' templates",
      run: async (note) => {
        const { accelerator } = acceleration.get();
        const provided = await warmStart(host, request, work.get(), {
          ...switchHost.get(),
          accelerator,
          boot: boot.get(),
          note,
        });
        templates.set(provided);
        return describeTemplates(config.BOOT, provided);
      },
    },
  ];
  const steps: Step[] = [
    {
      title: "Boot the switches",
      run: async (note) => {
        deadline.set(Date.now() + request.timeoutMs);
        await stopLeftovers(host, request);
        const atOnce =
          acceleration.get().accelerator === "kvm" ? fabric.nodes.length : await processors(host);
        brought.set(
          await bringAll(host, work.get(), {
            ...interruption,
            runDir: config.RUN_DIR,
            vncPassword: (await ensureConsolePasswords(host, config)).vnc,
            deadline: deadline.get(),
            atOnce,
            sources: templates.get().sources,
            mustClone: config.BOOT === "warm",
            onWarning: request.onWarning,
            note,
          }),
        );
        return summary(Object.values(brought.get().outcomes));
      },
    },
    {
      title: "Wait for routing to converge",
      run: async (note) => {
        const observable = await request.observable();
        await waitForConvergence(host, qemuMachines(host, config.RUN_DIR), observable, {
          ...interruption,
          deadline: deadline.get(),
          timeoutMs: request.timeoutMs,
          note,
        }).finally(brought.get().startServices);
        return `${observable.nodes.length} loopbacks answer, ${observable.sessions.length} BGP sessions are established`;
      },
    },
  ];
  return {
    preflight,
    steps,
    report: () => ({ acceleration: acceleration.get(), outcomes: brought.get().outcomes }),
  };
}

/** What the nodes that are to be started are cloned from. */
async function warmStart(
  host: Host,
  { config, timeoutMs, onWarning }: UpRequest,
  work: readonly NodeWork[],
  found: SwitchHost & Pick<TemplatesRequest, "accelerator" | "boot" | "note">,
): Promise<ProvidedTemplates> {
  const starting = work.filter(({ action }) => action === "start" || action === "restart");
  if (config.BOOT === "cold" || starting.length === 0) {
    return { sources: new Map(), made: 0 };
  }
  return provideTemplates(
    host,
    starting.map(({ node }) => node),
    {
      ...found,
      runDir: config.RUN_DIR,
      vncListen: listenAddress(config),
      diskBytes: DISK_BYTES,
      atOnce: await processors(host),
      timeoutMs,
      mustHave: config.BOOT === "warm",
      onWarning,
    },
  );
}

function describeTemplates(wanted: Config["BOOT"], { sources, made }: ProvidedTemplates): string {
  const count = `${sources.size} switches are cloned`;
  return wanted === "cold" ? "none: BOOT=cold" : made === 0 ? count : `${made} made; ${count}`;
}

async function stoppedNodes(host: Host, { config, fabric }: UpRequest): Promise<readonly Node[]> {
  const pids = await Promise.all(
    fabric.nodes.map((node) => machinePid(host, nodePaths(config.RUN_DIR, node.name))),
  );
  return fabric.nodes.filter((_, index) => pids[index] === undefined);
}

function accelerate(host: Host, config: Config, found: SwitchHost): Promise<Acceleration> {
  return chooseAccelerator(host, { ...found, wanted: config.ACCEL, stateDir: config.STATE_DIR });
}

/** Switches of an earlier, larger fabric. */
async function stopLeftovers(host: Host, { config, fabric }: UpRequest): Promise<void> {
  const planned = new Set(fabric.nodes.map((node) => node.name));
  const leftover = (await host.list(nodesFolder(config.RUN_DIR))).filter((name) => !planned.has(name));
  await Promise.all(
    leftover.map(async (name) => {
      await stopMachine(host, config.RUN_DIR, name, { graceMs: DEFAULT_GRACE_MS });
      await removeNode(host, nodePaths(config.RUN_DIR, name));
    }),
  );
}
