import { createHash } from "node:crypto";
import { CommandError } from "../../../errors.ts";
import type { BootFiles } from "../../../image/store.ts";
import type { Accelerator } from "../../../qemu/accelerator.ts";
import { qemuProgram } from "../../../qemu/options.ts";
import type { Architecture } from "../../../system/architecture.ts";
import type { EmulatorUser } from "../../../system/confine.ts";
import type { Command, Host } from "../../../system/host.ts";
import { qemuCommand } from "../command.ts";
import type { MachinePlan } from "../machine-plan.ts";
import { nodeFolder } from "../node-folder.ts";

/** All facts on which the memory and the device state of a warm base depend. */
export interface WarmBaseFacts {
  /** Version of this document's format and of the method that makes warm bases; raised when either changes. */
  readonly version: 2;
  readonly qemuVersion: string;
  /** Size and time of QEMU's program: another build may report the same version. */
  readonly qemuProgram: { readonly sizeBytes: number; readonly modifiedMs: number };
  /** Kernel of the host: the features that its taps offer to guests depend on it. */
  readonly kernelRelease: string;
  /** Group of the emulators, which must be able to open the memory. */
  readonly gid: number;
  /** The processor that `-cpu host` stands for; empty under emulation, where the host's processor does not matter. */
  readonly processor: string;
  /** Machine, devices, kernel and image, with placeholders for paths that are specific to a node. */
  readonly command: Command;
}

/** Facts that all warm bases of a host have in common. */
export type HostFacts = Omit<WarmBaseFacts, "command">;

export async function hostFacts(
  host: Host,
  { architecture, accelerator, qemuVersion, user }: HostFactsRequest,
): Promise<HostFacts> {
  const program = qemuProgram(architecture);
  const path = (await host.run({ file: "which", args: [program] })).stdout.trim();
  const status = await host.stat(path);
  if (status === undefined) {
    throw new CommandError(`which ${program}`, undefined, `${path} is missing`);
  }
  return {
    version: 2,
    qemuVersion,
    qemuProgram: { sizeBytes: status.sizeBytes, modifiedMs: status.modifiedMs },
    gid: user.gid,
    kernelRelease: ((await host.readFile("/proc/sys/kernel/osrelease")) ?? "").trim(),
    processor: accelerator === "kvm" ? describeProcessor((await host.readFile("/proc/cpuinfo")) ?? "") : "",
  };
}

interface HostFactsRequest {
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly qemuVersion: string;
  readonly user: Pick<EmulatorUser, "gid">;
}

/** Returns the first processor's lines, except those that vary over time or by processor. */
export function describeProcessor(cpuinfo: string): string {
  const [first = ""] = cpuinfo.split("\n\n");
  return first
    .split("\n")
    .filter((line) => !/^(cpu MHz|bogomips|processor|.*apicid|core id)\b/i.test(line))
    .join("\n");
}

export function warmBaseFacts(
  facts: HostFacts,
  machine: MachinePlan,
  settings: {
    readonly architecture: Architecture;
    readonly accelerator: Accelerator;
    readonly boot: BootFiles;
  },
): WarmBaseFacts {
  const folder = nodeFolder("RUN_DIR", "NODE");
  const memory = { kind: "warm-base", file: "MEMORY" } as const;
  return {
    ...facts,
    command: qemuCommand({ ...machine, ...settings, vncListen: "127.0.0.1" }, folder, memory),
  };
}

/** Returns a digest that is short enough for a folder's name and long enough to be unique. */
export function warmBaseKey(facts: WarmBaseFacts): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}
