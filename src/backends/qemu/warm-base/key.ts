import { createHash } from "node:crypto";
import { CommandError } from "../../../errors.ts";
import type { BootFiles } from "../../../image/store.ts";
import type { Architecture } from "../../../system/architecture.ts";
import type { EmulatorUser } from "../../../system/confine.ts";
import type { Command, Host } from "../../../system/host.ts";
import type { Accelerator } from "../accelerator.ts";
import { qemuCommand, qemuProgram } from "../command.ts";
import type { MachinePlan } from "../machine-plan.ts";
import { nodeFolder } from "../node-folder.ts";

/** Everything that the memory and the devices' state of a warm base depend on. */
export interface WarmBaseFacts {
  /** Of this document's form and of the way warm bases are made; raised when either changes. */
  readonly version: 2;
  readonly qemuVersion: string;
  /** Of QEMU's program: another build may call itself the same. */
  readonly qemuProgram: { readonly sizeBytes: number; readonly modifiedMs: number };
  /** Of the host: what its taps offer to guests depends on it. */
  readonly kernelRelease: string;
  /** Of the emulators, which must be able to open the memory. */
  readonly gid: number;
  /** What `-cpu host` means; empty under emulation, where the host's processor does not matter. */
  readonly processor: string;
  /** Machine, devices, kernel and image, with places instead of real paths for what is a node's own. */
  readonly command: Command;
}

/** What is the same for all warm bases of a host. */
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

/** The first processor's lines but for those that change from moment to moment. */
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

/** Short enough for a folder's name, long enough never to meet. */
export function warmBaseKey(facts: WarmBaseFacts): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
}
