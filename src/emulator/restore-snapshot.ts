import type { BmcPrograms } from "../bmc/plan.ts";
import { stopBmcs } from "../bmc/stop.ts";
import { CommandError, UsageError } from "../errors.ts";
import { clearFaults } from "../faults/restore.ts";
import { summarizeStart } from "../host/format.ts";
import { startHostNetwork } from "../host/start.ts";
import { recipeId } from "../image/recipe.ts";
import { currentRecipe } from "../image/source.ts";
import { bootFiles, findImage } from "../image/store.ts";
import { waitForConvergence } from "../switches/converge.ts";
import { stopSwitches } from "../switches/down.ts";
import { listenAddress } from "../switches/listen.ts";
import { checkSwitchHost } from "../switches/preflight.ts";
import { type NodeWork, prepareNodes } from "../switches/prepare.ts";
import { type Acceleration, chooseAccelerator } from "../switches/qemu/accel.ts";
import { qemuCommand } from "../switches/qemu/command.ts";
import { withGuestAgent } from "../switches/qemu/guest-agent.ts";
import { fileProblems } from "../switches/qemu/kept-files.ts";
import { killMachine } from "../switches/qemu/machine.ts";
import { qemuMachines } from "../switches/qemu/machines.ts";
import { nodePaths } from "../switches/qemu/paths.ts";
import { findMachines } from "../switches/qemu/process.ts";
import { snapshotDifferences } from "../switches/qemu/snapshot/differences.ts";
import type { SnapshotManifest } from "../switches/qemu/snapshot/manifest.ts";
import { checkSnapshotName } from "../switches/qemu/snapshot/name.ts";
import { findSnapshot, snapshotFolder } from "../switches/qemu/snapshot/store.ts";
import { setClock } from "../switches/qemu/template/clone.ts";
import { hostFacts } from "../switches/qemu/template/key.ts";
import type { CloneSource } from "../switches/qemu/template/provide.ts";
import { restoreAll } from "../switches/restore-all.ts";
import { slot } from "../switches/slot.ts";
import { switchPorts } from "../switches/switch-ports.ts";
import { loadTemplates } from "../switches/templates.ts";
import type { UpRequest } from "../switches/up.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";
import { imageOfSnapshot } from "./snapshot-site.ts";
import { startBmcsStep } from "./start-bmcs-step.ts";

export interface RestoreRequest
  extends Pick<UpRequest, "config" | "fabric" | "templates" | "timeoutMs" | "interrupted" | "onWarning"> {
  readonly name: string;
  /** Folder of our own files that go into images. */
  readonly guest: string;
  readonly nodeDisk: UpRequest["image"]["nodeDisk"];
  readonly bmcPrograms: BmcPrograms;
}

/** Put a saved fabric in the place of what runs. Whatever may be wrong with it is found before anything is touched. */
export function restoreSnapshot(host: Host, request: RestoreRequest): readonly Step[] {
  const { config, fabric, name, interrupted } = request;
  checkSnapshotName(name);
  if (config.BACKEND === "netns") {
    throw new UsageError(
      "BACKEND=netns: snapshots are of switches that are virtual machines (BACKEND=qemu).",
    );
  }
  const runDir = config.RUN_DIR;
  const found = slot<Restorable>();
  return [
    {
      title: "Check the snapshot",
      run: async (note) => {
        found.set(await checkSnapshot(host, request, note));
        return `${fabric.nodes.length} switches, saved at ${found.get().manifest.savedAt}`;
      },
    },
    {
      title: "End what runs",
      run: async () => {
        await stopBmcs(host, fabric, { runDir });
        const ended = await endSwitches(host, runDir);
        return ended === 0 ? "nothing" : `${ended} switches ended`;
      },
    },
    {
      title: "Build the host network",
      run: async (note) => {
        await clearFaults(host, fabric, qemuMachines(host, runDir));
        const result = await startHostNetwork(host, fabric, {
          stateDir: config.STATE_DIR,
          switchPorts: await switchPorts(host, runDir, "qemu"),
          keepFaults: false,
          onProgress: note,
          onWarning: request.onWarning,
          interrupted,
        });
        return summarizeStart(result);
      },
    },
    {
      title: "Restore the switches",
      run: async () => {
        await restoreAll(host, found.get().work, {
          runDir,
          rootPassword: config.VM_ROOT_PASS,
          sources: found.get().sources,
          timeoutMs: request.timeoutMs,
        });
        return `${fabric.nodes.length} go on`;
      },
    },
    {
      title: "Wait for routing to converge",
      run: async (note) => {
        await waitForConvergence(host, qemuMachines(host, runDir), fabric, {
          ...(interrupted === undefined ? {} : { interrupted }),
          deadline: Date.now() + request.timeoutMs,
          timeoutMs: request.timeoutMs,
          note,
        });
        return `${fabric.nodes.length} loopbacks answer, ${fabric.sessions.length} BGP sessions are established`;
      },
    },
    {
      title: "Set the switches' clocks",
      run: async () => {
        await Promise.all(
          fabric.nodes.map((node) =>
            withGuestAgent(
              host,
              { socket: nodePaths(runDir, node.name).agent, timeoutMs: CLOCK_TIMEOUT_MS },
              setClock,
            ),
          ),
        );
        return "done";
      },
    },
    startBmcsStep(host, { ...request, kvm: () => found.get().acceleration.accelerator === "kvm" }),
  ];
}

const CLOCK_TIMEOUT_MS = 30_000;

/** What a snapshot that can be restored is restored with. */
interface Restorable {
  readonly manifest: SnapshotManifest;
  readonly acceleration: Acceleration;
  readonly work: readonly NodeWork[];
  readonly sources: ReadonlyMap<string, CloneSource>;
}

/** @throws CommandError with a line for everything that stands in the way. */
async function checkSnapshot(
  host: Host,
  request: RestoreRequest,
  note: (text: string) => void,
): Promise<Restorable> {
  const { config, fabric, name } = request;
  const stateDir = config.STATE_DIR;
  const manifest = await findSnapshot(host, stateDir, name);
  const switchHost = await checkSwitchHost(host, config.EMULATOR_USER, []);
  const { architecture } = switchHost;
  const acceleration = await chooseAccelerator(host, { ...switchHost, wanted: config.ACCEL, stateDir });
  const { accelerator } = acceleration;
  const imageId = recipeId(await currentRecipe(host, config, request.guest, architecture));
  const image = await findImage(host, stateDir, imageId);
  const refuse = (lines: readonly string[]) =>
    new CommandError(
      `snapshot restore ${name}`,
      undefined,
      ["it can't be restored here and now; nothing was touched", ...lines].join("\n"),
    );
  if (image === undefined) {
    const wanted = manifest.image.id === imageId ? "" : `; it was saved with ${manifest.image.id}`;
    throw refuse([`the image: the configuration asks for ${imageId}, which is not there${wanted}`]);
  }
  const boot = bootFiles(stateDir, image);
  const work = await prepareNodes(host, {
    config,
    fabric,
    templates: await loadTemplates(host, request.templates),
    switchHost,
    accelerator,
    boot,
    nodeDisk: request.nodeDisk,
  });
  const differences = snapshotDifferences(manifest, {
    facts: await hostFacts(host, { ...switchHost, accelerator }),
    image: imageOfSnapshot(image),
    nodes: Object.fromEntries(
      work.map(({ node, launch, delivery }) => [node.name, { launch, digests: delivery.digests }]),
    ),
  });
  if (differences.length > 0) {
    throw refuse(differences);
  }
  note("looking at its files");
  const folder = snapshotFolder(stateDir, name);
  const damage = await fileProblems(host, folder, manifest.files);
  if (damage.length > 0) {
    throw refuse(damage);
  }
  const source = ({ node }: NodeWork): [string, CloneSource] => [
    node.name,
    {
      command: qemuCommand(node, {
        architecture,
        accelerator,
        boot,
        paths: nodePaths(config.RUN_DIR, node.name),
        vncListen: listenAddress(config),
        memory: { kind: "snapshot", file: `${folder}/${node.name}/memory` },
      }),
      state: `${folder}/${node.name}/state`,
    },
  ];
  return { manifest, acceleration, work, sources: new Map(work.map(source)) };
}

/** They have nothing to lose that is to be kept: others take their places. */
async function endSwitches(host: Host, runDir: string): Promise<number> {
  const machines = [...(await findMachines(host, runDir))];
  await Promise.all(
    machines.flatMap(([name, pids]) => pids.map((pid) => killMachine(host, pid, nodePaths(runDir, name)))),
  );
  const others = await stopSwitches(host, runDir, { graceMs: 0 });
  return new Set([...machines.map(([name]) => name), ...Object.keys(others)]).size;
}
