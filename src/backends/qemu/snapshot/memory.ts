import { CommandError } from "../../../errors.ts";
import type { Architecture } from "../../../system/architecture.ts";
import type { Command, Host } from "../../../system/host.ts";
import type { NodeFolder } from "../node-folder.ts";
import { machinePid } from "../process.ts";
import { type Qmp, withQmp } from "../qmp.ts";

/** Memory of an emulator: where it lies in its address space. */
export interface MemoryRange {
  readonly pid: number;
  readonly address: bigint;
  readonly bytes: number;
}

/** What of a machine's memory its guest depends on. */
export interface MachineMemoryRanges {
  readonly ram: MemoryRange;
  /** Absent where the machine has none. */
  readonly firmware?: MemoryRange & { readonly name: string };
}

const QMP_TIMEOUT_MS = 10_000;
const MIB = 1024 * 1024;

/**
 * Where a machine's memory lies. It stays there for as long as the machine's emulator runs.
 * @throws CommandError where it is off, or QEMU says what we don't understand.
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

/** Guest addresses: where RAM begins on a PC and on `virt`, and where a PC's firmware ends. */
const ARM64_RAM = 0x4000_0000;
const FOUR_GIB = 0x1_0000_0000;
const PC_FIRMWARE = "pc.bios";

/**
 * Copies this memory into a file, whose pages of zeros take no room. For root: the kernel shows the memory of a process
 * to who may trace it. dd says that it can't skip so far, since the kernel tells no size of this file, and does so.
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

/** QEMU tells it in its monitor for people only. */
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

/** `pc.bios    4 KiB  0x0c000000 0x00040000 0x00040000`: page size, offset, used, total; later versions tell more. */
export function firmwareBytes(ramBlocks: string): number {
  const [, used] = /^\s*pc\.bios\s+\d+ KiB\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s/m.exec(ramBlocks) ?? [];
  const bytes = Number.parseInt(used ?? "", 16);
  if (!(bytes > 0)) {
    throw new CommandError("info ramblock", undefined, ramBlocks);
  }
  return bytes;
}
