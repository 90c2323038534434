import { qemuMachines } from "../backends/qemu/machines.ts";
import { fillSnapshot } from "../backends/qemu/snapshot/fill-snapshot.ts";
import { describeNode } from "../backends/qemu/snapshot/fit.ts";
import type { SavedNode } from "../backends/qemu/snapshot/manifest.ts";
import type { RackedMachine } from "../backends/qemu/snapshot/racked.ts";
import { rackedProblem } from "../backends/qemu/snapshot/racked-save.ts";
import {
  freeMiB,
  readSnapshot,
  snapshotDiskMiB,
  snapshotFolder,
  snapshotsFolder,
} from "../backends/qemu/snapshot/store.ts";
import { runningBackend } from "../backends/running.ts";
import type { Config } from "../config/types.ts";
import { CommandError, PreflightError, UsageError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { faultLines } from "../faults/format.ts";
import { observeFaults } from "../faults/in-force.ts";
import { slot } from "../nodes/slot.ts";
import type { Host } from "../system/host.ts";
import type { Step } from "../system/steps.ts";
import { checkStoredName } from "../system/stored-name.ts";
import { makeWholeFolder, removeUnfinishedFolders } from "../system/whole-folder.ts";

export interface SaveRequest {
  readonly config: Config;
  readonly fabric: Fabric;
  readonly name: string;
  /** Replace a snapshot of that name. */
  readonly force: boolean;
  readonly compress: boolean;
  /** Machines of the user's, to be saved with the switches. */
  readonly racked: readonly RackedMachine[];
  readonly interrupted?: AbortSignal;
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
  checkStoredName("a snapshot", name);
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
        await considerFaults(host, request);
        space.set(await findSpace(host, request));
        const { expectedMiB, freeMiB } = space.get();
        return `${fabric.nodes.length} run; at most ${expectedMiB} MiB to write, ${freeMiB} MiB are free`;
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
          pausedMs = await fillSnapshot(host, folder, { ...request, nodes: nodes.get(), note });
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

async function refuseOtherBackend(host: Host, config: Config): Promise<void> {
  const running = (await runningBackend(host, config.RUN_DIR)) ?? config.BACKEND;
  if (running === "netns") {
    throw new UsageError(
      "Switches that are namespaces can't be saved: their state is part of this host's kernel. BACKEND=qemu has snapshots.",
    );
  }
}

async function refuseExisting(host: Host, { config, name, force, compress }: SaveRequest): Promise<void> {
  await host.makeDirectory(snapshotsFolder(config.STATE_DIR), 0o755);
  await removeUnfinishedFolders(host, snapshotsFolder(config.STATE_DIR));
  if (!force && (await readSnapshot(host, config.STATE_DIR, name)) !== undefined) {
    throw new UsageError(`There is a snapshot ${name} already. --force replaces it.`);
  }
  if (compress && (await host.run({ file: "which", args: ["zstd"] }, { okExitCodes: [1] })).exitCode !== 0) {
    throw new PreflightError([
      { what: "no program zstd", why: "it compresses snapshots", fix: "apt install zstd" },
    ]);
  }
}

/** @throws CommandError with a line for each switch that is not fit to be saved. */
async function describeNodes(
  host: Host,
  { config, fabric, name, racked }: SaveRequest,
): Promise<Readonly<Record<string, SavedNode>>> {
  const found = await Promise.all(
    fabric.nodes.map(async (node) => [node.name, await describeNode(host, config.RUN_DIR, node)] as const),
  );
  const ofRacked = await Promise.all(racked.map((machine) => rackedProblem(host, machine)));
  const problems = [
    ...found.flatMap(([node, one]) => (typeof one === "string" ? [`${node}: ${one}`] : [])),
    ...ofRacked.filter((problem) => problem !== null),
  ];
  if (problems.length > 0) {
    throw new CommandError(`snapshot save ${name}`, undefined, problems.join("\n"));
  }
  return Object.fromEntries(
    found.flatMap(([node, one]) => (typeof one === "string" ? [] : [[node, one] as const])),
  );
}

/** A restored fabric is as `up` leaves one: with all wires up. Who stands still has no state to go on from. */
async function considerFaults(host: Host, { config, fabric, name, onWarning }: SaveRequest): Promise<void> {
  const faults = await observeFaults(host, fabric, qemuMachines(host, config.RUN_DIR));
  if (faults.frozen.length > 0) {
    const names = faults.frozen.join(" ");
    const hint = `${names}: frozen; \`ikvswitch node thaw ${names}\` first`;
    throw new CommandError(`snapshot save ${name}`, undefined, hint);
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
  const folder = snapshotsFolder(config.STATE_DIR);
  const expectedMiB = fabric.nodes.reduce((sum, { machine }) => sum + machine.memoryMiB + STATE_MIB, 0);
  const free = await freeMiB(host, folder);
  if (free < expectedMiB) {
    const reason = `it can take ${expectedMiB} MiB, and ${free} MiB are free in ${folder}`;
    throw new CommandError(`snapshot save ${name}`, undefined, reason);
  }
  return { expectedMiB, freeMiB: free };
}

/** Of a machine's devices, at most. */
const STATE_MIB = 4;
