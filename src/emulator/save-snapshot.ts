import type { Config } from "../config/types.ts";
import { CommandError, UsageError } from "../errors.ts";
import type { Fabric, Node } from "../fabric/types.ts";
import { faultLines } from "../faults/format.ts";
import { observeFaults } from "../faults/in-force.ts";
import { findImage } from "../image/store.ts";
import { processors } from "../switches/bring-all.ts";
import { readApplied } from "../switches/deliver.ts";
import { findArchitecture, findQemu } from "../switches/preflight.ts";
import { panicReport } from "../switches/qemu/console-log.ts";
import { describeFiles } from "../switches/qemu/kept-files.ts";
import { type Launch, readLaunch } from "../switches/qemu/launch.ts";
import { qemuMachines } from "../switches/qemu/machines.ts";
import { nodePaths } from "../switches/qemu/paths.ts";
import { machinePid } from "../switches/qemu/process.ts";
import type { SavedNode, SnapshotManifest } from "../switches/qemu/snapshot/manifest.ts";
import { checkSnapshotName } from "../switches/qemu/snapshot/name.ts";
import { saveMachines } from "../switches/qemu/snapshot/save.ts";
import {
  freeMiB,
  readSnapshot,
  snapshotDiskMiB,
  snapshotFolder,
  snapshotsFolder,
} from "../switches/qemu/snapshot/store.ts";
import { hostFacts } from "../switches/qemu/template/key.ts";
import { runningBackend } from "../switches/running.ts";
import { slot } from "../switches/slot.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";
import { makeWholeFolder, removeUnfinishedFolders } from "../system/whole-folder.ts";
import { imageOfLaunch, imageOfSnapshot } from "./snapshot-site.ts";

export interface SaveRequest {
  readonly config: Config;
  readonly fabric: Fabric;
  readonly name: string;
  /** Replace a snapshot of that name. */
  readonly force: boolean;
  readonly onWarning: (text: string) => void;
}

export interface SaveReport {
  readonly name: string;
  readonly switches: number;
  /** How long the switches stood still. */
  readonly pausedMs: number;
  /** What it could have taken at most, what was free before, and what it takes. */
  readonly expectedMiB: number;
  readonly freeMiB: number;
  readonly diskMiB: number;
}

/** Freeze all switches together, keep them, and let them go on. */
export function saveSnapshot(
  host: Host,
  request: SaveRequest,
): { readonly steps: readonly Step[]; readonly report: () => SaveReport } {
  const { config, fabric, name } = request;
  checkSnapshotName(name);
  const nodes = slot<Readonly<Record<string, SavedNode>>>();
  const space = slot<Pick<SaveReport, "expectedMiB" | "freeMiB">>();
  const report = slot<SaveReport>();
  const steps: Step[] = [
    {
      title: "Check the switches",
      run: async () => {
        await refuseOtherBackend(host, config);
        await refuseExisting(host, request);
        nodes.set(await describeNodes(host, request));
        await warnOfFaults(host, request);
        space.set(await findSpace(host, request));
        return `${fabric.nodes.length} run; at most ${space.get().expectedMiB} MiB to write, ${space.get().freeMiB} MiB free`;
      },
    },
    {
      title: "Keep the switches",
      run: async (note) => {
        let pausedMs = 0;
        const place = {
          path: snapshotFolder(config.STATE_DIR, name),
          isThere: async () => false,
          timeoutMs: OTHERS_TIMEOUT_MS,
          onWait: () => note("waiting for another ikvswitch, which saves one of that name"),
        };
        await makeWholeFolder(host, place, async (folder) => {
          pausedMs = await fill(host, request, folder, nodes.get(), note);
        });
        const diskMiB = await snapshotDiskMiB(host, config.STATE_DIR, name);
        report.set({ name, switches: fabric.nodes.length, pausedMs, ...space.get(), diskMiB });
        return `${diskMiB} MiB on the disk; the switches stood still for ${(pausedMs / 1000).toFixed(2)} s`;
      },
    },
  ];
  return { steps, report: report.get };
}

const OTHERS_TIMEOUT_MS = 10 * 60_000;

async function fill(
  host: Host,
  { config, fabric, name }: SaveRequest,
  folder: string,
  nodes: Readonly<Record<string, SavedNode>>,
  note: (text: string) => void,
): Promise<number> {
  const [first] = Object.values(nodes);
  const image = await findImage(host, config.STATE_DIR, imageOfNodes(config, nodes));
  if (first === undefined || image === undefined) {
    throw new CommandError(`snapshot save ${name}`, undefined, "the switches' image is no longer there");
  }
  const { user, kvm } = first.launch;
  const architecture = await findArchitecture(host);
  const accelerator = kvm ? "kvm" : "tcg";
  const qemuVersion = await findQemu(host, architecture);
  const facts = await hostFacts(host, { architecture, accelerator, qemuVersion, user });
  note("the switches stand still");
  const pausedMs = await saveMachines(host, folder, {
    runDir: config.RUN_DIR,
    architecture,
    user,
    nodes: fabric.nodes.map((node) => ({ name: node.name, memoryMiB: node.machine.memoryMiB })),
    atOnce: await processors(host),
  });
  note("computing checksums");
  const files = await describeFiles(
    host,
    folder,
    fabric.nodes.flatMap((node) => [`${node.name}/memory`, `${node.name}/state`]),
  );
  const manifest: SnapshotManifest = {
    version: 1,
    name,
    savedAt: new Date().toISOString(),
    pausedMs,
    facts,
    image: imageOfSnapshot(image),
    compressed: false,
    nodes,
    files,
  };
  await host.writeFile(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`, 0o600);
  return pausedMs;
}

async function refuseOtherBackend(host: Host, config: Config): Promise<void> {
  const running = (await runningBackend(host, config.RUN_DIR)) ?? config.BACKEND;
  if (running === "netns") {
    throw new UsageError(
      "Switches that are namespaces can't be saved: their state is part of this host's kernel. BACKEND=qemu has snapshots.",
    );
  }
}

async function refuseExisting(host: Host, { config, name, force }: SaveRequest): Promise<void> {
  await host.makeDirectory(snapshotsFolder(config.STATE_DIR), 0o755);
  await removeUnfinishedFolders(host, snapshotsFolder(config.STATE_DIR));
  if (!force && (await readSnapshot(host, config.STATE_DIR, name)) !== undefined) {
    throw new UsageError(`There is a snapshot ${name} already. --force replaces it.`);
  }
}

/** @throws CommandError with a line for each switch that is not fit to be saved. */
async function describeNodes(
  host: Host,
  { config, fabric, name }: SaveRequest,
): Promise<Readonly<Record<string, SavedNode>>> {
  const found = await Promise.all(fabric.nodes.map((node) => describeNode(host, config, node)));
  const problems = found.flatMap((one, at) =>
    typeof one === "string" ? [`${fabric.nodes[at]?.name}: ${one}`] : [],
  );
  const saved = found.flatMap((one, at) =>
    typeof one === "string" ? [] : [[fabric.nodes[at]?.name ?? "", one] as const],
  );
  const images = new Set(saved.map(([, { launch }]) => imageOfLaunch(config, launch)));
  if (problems.length === 0 && images.size > 1) {
    problems.push(`switches run from different images: ${[...images].join(", ")}; \`ikvswitch up\` first`);
  }
  if (problems.length > 0) {
    throw new CommandError(`snapshot save ${name}`, undefined, problems.join("\n"));
  }
  return Object.fromEntries(saved);
}

/** Or why it can't be saved. */
async function describeNode(host: Host, { RUN_DIR }: Config, node: Node): Promise<SavedNode | string> {
  const paths = nodePaths(RUN_DIR, node.name);
  const pid = await machinePid(host, paths);
  if (pid === undefined) {
    return "is off; `ikvswitch up` first";
  }
  if ((await host.stat(paths.cloning)) !== undefined) {
    return "is half of a switch, since its `up` was killed; `ikvswitch up` first";
  }
  if ((await panicReport(host, paths)) !== null) {
    return "its kernel has panicked; `ikvswitch up` first";
  }
  const [launch, digests] = await Promise.all([
    readLaunch(host, paths),
    readApplied(host, RUN_DIR, node.name),
  ]);
  if (launch === undefined || digests === undefined) {
    return "it is not known how it was started; `ikvswitch up` first";
  }
  if (memoryOf(launch) !== node.machine.memoryMiB) {
    return `has ${memoryOf(launch)} MiB of memory, the configuration says ${node.machine.memoryMiB}; \`ikvswitch up\` first`;
  }
  if (await runsReplacedProgram(host, pid)) {
    return "its QEMU was replaced by another since it was started; take the fabric down and up first";
  }
  return { memoryMiB: node.machine.memoryMiB, launch, digests };
}

function memoryOf({ command }: Launch): number {
  return Number(/^size=(\d+)M$/.exec(command.args[command.args.indexOf("-m") + 1] ?? "")?.[1]);
}

async function runsReplacedProgram(host: Host, pid: number): Promise<boolean> {
  const { stdout } = await host.run({ file: "readlink", args: [`/proc/${pid}/exe`] }, { okExitCodes: [1] });
  return stdout.trimEnd().endsWith(" (deleted)");
}

function imageOfNodes(config: Config, nodes: Readonly<Record<string, SavedNode>>): string {
  const [first] = Object.values(nodes);
  return (first && imageOfLaunch(config, first.launch)) ?? "";
}

/** A switch that stands still would go on, and a wire that is down come up: a restored fabric is as `up` leaves one. */
async function warnOfFaults(host: Host, { config, fabric, name, onWarning }: SaveRequest): Promise<void> {
  const faults = await observeFaults(host, fabric, qemuMachines(host, config.RUN_DIR));
  if (faults.frozen.length > 0) {
    throw new CommandError(
      `snapshot save ${name}`,
      undefined,
      `${faults.frozen.join(", ")}: frozen; \`ikvswitch node thaw ${faults.frozen.join(" ")}\` first`,
    );
  }
  for (const line of faultLines(faults)) {
    onWarning(`${line}: a restore brings all wires up`);
  }
}

/** Memory's pages of zeros take no room, but nobody knows before how many there are. */
async function findSpace(
  host: Host,
  { config, fabric, name }: SaveRequest,
): Promise<Pick<SaveReport, "expectedMiB" | "freeMiB">> {
  const expectedMiB = fabric.nodes.reduce((sum, { machine }) => sum + machine.memoryMiB + STATE_MIB, 0);
  const free = await freeMiB(host, snapshotsFolder(config.STATE_DIR));
  if (free < expectedMiB) {
    throw new CommandError(
      `snapshot save ${name}`,
      undefined,
      `it can take ${expectedMiB} MiB, and ${free} MiB are free in ${snapshotsFolder(config.STATE_DIR)}`,
    );
  }
  return { expectedMiB, freeMiB: free };
}

/** Of a machine's devices, at most. */
const STATE_MIB = 4;
