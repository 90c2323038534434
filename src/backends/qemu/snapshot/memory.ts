import { CommandError } from "../../../errors.ts";
import { type Qmp, withQmp } from "../../../qemu/qmp.ts";
import type { Architecture } from "../../../system/architecture.ts";
import type { Command, Host } from "../../../system/host.ts";
import type { NodeFolder } from "../node-folder.ts";
import { machinePid } from "../process.ts";

/** A range in the address space of an emulator. */
export interface MemoryRange {
  readonly pid: number;
  readonly address: bigint;
  readonly bytes: number;
}

/** The parts of a VM's memory that its guest depends on. */
export interface MachineMemoryRanges {
  readonly ram: MemoryRange;
  /** Absent if the VM has none. */
  readonly firmware?: MemoryRange & { readonly name: string };
}

const QMP_TIMEOUT_MS = 10_000;
const MIB = 1024 * 1024;

/**
 * Returns the location of a VM's memory. It does not change while the VM's emulator runs.
 * @throws CommandError if the VM is off, or QEMU's answer is not understood.
 */
export async function findMemory(
  host: Host,
  folder: NodeFolder,
  { memoryMiB, architecture }: { readonly memoryMiB: number; readonly architecture: Architecture },
): Promise<MachineMemoryRanges> {
  const pid = await machinePid(host, folder);
  if (pid === undefined) {
    throw new CommandError(`memory of ${folder.path}`, undefined, "the VM is off");
  }
  return withQmp(host, { socket: folder.qmp, timeoutMs: QMP_TIMEOUT_MS }, async (qmp) => {
    if (architecture === "arm64") {
      return { ram: { pid, address: await hostAddress(qmp, ARM64_RAM), bytes: memoryMiB * MIB } };
    }
    const ram = { pid, address: await hostAddress(qmp, 0), bytes: memoryMiB * MIB };
    const bytes = firmwareBytes(await ask(qmp, "info ramblock"));
    const address = await hostAddress(qmp, FOUR_GIB - bytes);
    return { ram, firmware: { name: PC_FIRMWARE, pid, address, bytes } };
  });
}

/** Guest addresses: the start of RAM on `virt`, and the end of a PC's firmware. A PC's RAM starts at 0. */
const ARM64_RAM = 0x4000_0000;
const FOUR_GIB = 0x1_0000_0000;
const PC_FIRMWARE = "pc.bios";

/**
 * Returns a command that copies this memory into a file, in which pages of zeros take no space. Needs root: the kernel
 * gives access to a process's memory only to processes that may trace it. dd warns that it can't skip so far, because
 * the kernel reports no size for this file, but does so.
 */
export function copyMemoryCommand({ pid, address, bytes }: MemoryRange, file: string): Command {
  return {
    file: "dd",
    args: [
      ...[`if=/proc/${pid}/mem`, `of=${file}`, "bs=64K", `skip=${address}`, `count=${bytes}`],
      ...["iflag=skip_bytes,count_bytes,fullblock", "conv=sparse", "status=none"],
    ],
  };
}

/** Runs a command of QEMU's human monitor, the only source of this information. */
async function ask(qmp: Qmp, line: string): Promise<string> {
  return String(await qmp.execute("human-monitor-command", { "command-line": line }));
}

async function hostAddress(qmp: Qmp, guestAddress: number): Promise<bigint> {
  const answer = await ask(qmp, `gpa2hva 0x${guestAddress.toString(16)}`);
  const [, address] = / is (0x[0-9a-f]+)\s*$/.exec(answer) ?? [];
  if (address === undefined) {
    throw new CommandError("gpa2hva", undefined, answer);
  }
  return BigInt(address);
}

/**
 * Reads the size of the firmware from `pc.bios    4 KiB  0x0c000000 0x00040000 0x00040000`: page size, offset, used,
 * total; later versions append more columns.
 */
export function firmwareBytes(ramBlocks: string): number {
  const [, used] = /^\s*pc\.bios\s+\d+ KiB\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s/m.exec(ramBlocks) ?? [];
  const bytes = Number.parseInt(used ?? "", 16);
  if (!(bytes > 0)) {
    throw new CommandError("info ramblock", undefined, ramBlocks);
  }
  return bytes;
}
