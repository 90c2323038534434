import { CommandError } from "../../../errors.ts";
import type { BootFiles } from "../../../image/store.ts";
import { mountLogs } from "../../../nodes/log-folder.ts";
import type { Accelerator } from "../../../qemu/accelerator.ts";
import { type GuestAgent, withGuestAgent } from "../../../qemu/guest-agent.ts";
import { GUEST_LIBRARY, guestExec } from "../../../qemu/guest-exec.ts";
import { type Qmp, withQmp } from "../../../qemu/qmp.ts";
import type { Architecture } from "../../../system/architecture.ts";
import { confined, type EmulatorUser } from "../../../system/confine.ts";
import type { Command, Host } from "../../../system/host.ts";
import { pollUntil } from "../../../system/poll.ts";
import { quoteForShell } from "../../../system/quote-for-shell.ts";
import { makeWholeFolder } from "../../../system/whole-folder.ts";
import { qemuCommand } from "../command.ts";
import type { MachinePlan } from "../machine-plan.ts";
import { makeNodeFolders, removeNode } from "../make-node-folders.ts";
import { untilMigrated } from "../migration.ts";
import { type NodeFolder, nodeFolder } from "../node-folder.ts";
import { type WarmBaseFacts, warmBaseKey } from "./key.ts";
import {
  findWarmBase,
  WARM_BASE_FILES,
  type WarmBaseFile,
  warmBaseFolder,
  warmBasesFolder,
  writeManifest,
} from "./store.ts";

export interface WarmBaseRequest {
  readonly facts: WarmBaseFacts;
  readonly machine: MachinePlan;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
  readonly boot: BootFiles;
  readonly imageFolder: string;
  readonly runDir: string;
  readonly user: EmulatorUser;
  /** Size of the disk for a node's files. */
  readonly diskBytes: number;
  readonly timeoutMs: number;
  readonly note: (text: string) => void;
}

/**
 * Boots a VM without files until it waits for them, and saves its memory and device state, unless another process does
 * so meanwhile. An interruption never leaves an incomplete warm base that looks complete.
 * @throws CommandError, TimeoutError if the VM does not get that far.
 */
export async function makeWarmBase(host: Host, request: WarmBaseRequest): Promise<void> {
  const { facts, imageFolder, runDir, machine } = request;
  const key = warmBaseKey(facts);
  const node = nodeFolder(runDir, `${WARM_BASE_NODE}${key}`);
  const place = {
    path: warmBaseFolder(imageFolder, key),
    isThere: async () => (await findWarmBase(host, imageFolder, key)).kind === "whole",
    timeoutMs: request.timeoutMs,
    onWait: () => request.note("waiting for another ikvswitch process, which prepares a warm base"),
  };
  await host.makeDirectory(warmBasesFolder(imageFolder), 0o755);
  await makeWholeFolder(host, place, async (folder) => {
    try {
      await prepareFiles(host, request, folder, node);
      await bootAndKeep(host, request, folder, node);
    } finally {
      await removeNode(host, node);
    }
    await finishFiles(host, request, folder);
    await writeManifest(host, folder, {
      version: 1,
      key,
      facts,
      cards: machine.ports.length,
      memoryMiB: machine.machine.memoryMiB,
      madeAt: new Date().toISOString(),
    });
  });
}

/** Prefix of the VM's folder among the nodes' folders: `down` finds it there if this process is killed. */
export const WARM_BASE_NODE = "template-";
const MIB = 1024 * 1024;

/** Returns the path of a file that QEMU writes. It belongs to the emulator's user, and is not part of the warm base. */
function madeFile(folder: string, name: WarmBaseFile): string {
  return `${folder}/${name}.made`;
}

async function prepareFiles(
  host: Host,
  { machine, user, runDir, diskBytes }: WarmBaseRequest,
  folder: string,
  node: NodeFolder,
): Promise<void> {
  await mountLogs(host, runDir);
  await makeNodeFolders(host, runDir, user, [node]);
  await host.writeFile(node.nodeFiles, new Uint8Array(diskBytes));
  // Its display is unreachable, but QEMU's command needs a password.
  await host.writeFile(node.vncPassword, "template");
  const [memory, state] = [madeFile(folder, "memory"), madeFile(folder, "state")];
  await host.run({ file: "truncate", args: ["-s", String(machine.machine.memoryMiB * MIB), memory] });
  await host.run({ file: "touch", args: [state] });
  await host.run({ file: "chown", args: [`${user.uid}:${user.gid}`, memory, state] });
}

async function bootAndKeep(
  host: Host,
  request: WarmBaseRequest,
  folder: string,
  node: NodeFolder,
): Promise<void> {
  const deadline = Date.now() + request.timeoutMs;
  const remaining = () => Math.max(1, deadline - Date.now());
  const machine = { ended: undefined as Error | undefined };
  const run = host.run(warmBaseCommand(request, folder, node)).then(
    () => {
      machine.ended = new CommandError("the warm base", undefined, "powered off");
    },
    (error: unknown) => {
      machine.ended = error instanceof Error ? error : new Error(String(error));
    },
  );
  try {
    const started = { what: "the start of the warm base", timeoutMs: remaining(), intervalMs: 100 };
    await pollUntil(started, async () => {
      if (machine.ended !== undefined) {
        throw machine.ended;
      }
      const answers = await withQmp(host, { socket: node.qmp, timeoutMs: 1_000 }, async () => true).catch(
        () => false,
      );
      return answers ? { done: true, value: undefined } : { done: false, seen: "QEMU does not answer" };
    });
    await settle(host, node, remaining);
    await withQmp(host, { socket: node.qmp, timeoutMs: remaining() }, (qmp) =>
      keepState(qmp, madeFile(folder, "state")),
    );
  } finally {
    await withQmp(host, { socket: node.qmp, timeoutMs: 5_000 }, (qmp) => qmp.execute("quit")).catch(() => {});
    await run;
  }
}

/**
 * Returns the command for QEMU in a network namespace of its own, with taps that lead nowhere: no frame of a warm base
 * reaches the host network, nothing is left when it ends, and the kernel ends it with this process.
 */
function warmBaseCommand(request: WarmBaseRequest, folder: string, node: NodeFolder): Command {
  const { machine, architecture, accelerator, boot, user } = request;
  const memory = { kind: "warm-base", file: madeFile(folder, "memory") } as const;
  const qemu = qemuCommand(
    { ...machine, architecture, accelerator, boot, vncListen: "127.0.0.1" },
    node,
    memory,
  );
  const { file, args } = confined(qemu, user, { kvm: accelerator === "kvm" });
  // The kernel clears the parent-death signal when the process changes its user, so setpriv sets it after that.
  const confinement = [file, "--pdeathsig", "KILL", ...args];
  return {
    file: "unshare",
    args: ["--net", "--", "sh", "-c", 'ip -batch - && exec "$@" </dev/null', "sh", ...confinement],
    input: [
      "link set lo up",
      ...machine.ports.map(({ tap }) => `tuntap add dev ${tap} mode tap user ${user.uid}`),
    ]
      .map((line) => `${line}\n`)
      .join(""),
  };
}

/** Waits until the VM has booted and is idle, after the files that clones read first were loaded into its memory. */
async function settle(host: Host, node: NodeFolder, remaining: () => number): Promise<void> {
  const agent = () => ({ socket: node.agent, timeoutMs: remaining() });
  await withGuestAgent(host, agent(), (inside) => inside.execute("guest-ping"));
  await guestExec(host, { file: `${GUEST_LIBRARY}/preload`, args: [] }, agent());
  await withGuestAgent(host, agent(), async (inside) => {
    let before = await uptime(inside);
    const options = { what: "the warm base to become idle", timeoutMs: remaining(), intervalMs: 500 };
    await pollUntil(options, async () => {
      const now = await uptime(inside);
      const share = (now.idleS - before.idleS) / (now.upS - before.upS);
      before = now;
      return share > IDLE_SHARE
        ? { done: true, value: undefined }
        : { done: false, seen: `idle for ${Math.round(share * 100)} % of the time` };
    });
  });
}

const IDLE_SHARE = 0.9;

/** Reads the guest kernel's own counters, which other load of the host does not affect. */
async function uptime(inside: GuestAgent): Promise<{ readonly upS: number; readonly idleS: number }> {
  const handle = await inside.execute("guest-file-open", { path: "/proc/uptime" });
  const read = (await inside.execute("guest-file-read", { handle })) as { readonly "buf-b64": string };
  await inside.execute("guest-file-close", { handle });
  const [upS = 0, idleS = 0] = Buffer.from(read["buf-b64"], "base64").toString().split(" ").map(Number);
  return { upS, idleS };
}

/** Saves the state of processor and devices, less than 1 MiB. The memory is in its file already. */
async function keepState(qmp: Qmp, file: string): Promise<void> {
  await qmp.execute("stop");
  await qmp.execute("migrate-set-capabilities", {
    capabilities: [{ capability: "x-ignore-shared", state: true }],
  });
  await qmp.execute("migrate", { uri: `exec:cat >${quoteForShell(file)}` });
  await untilMigrated(qmp, { command: "migrate", what: "the warm base's state", timeoutMs: 60_000 });
}

/**
 * Makes root's own copies, in which zeros are holes: a process of the emulator's user that still has QEMU's files open
 * or mapped can't change these. Syncs them to disk before the manifest is written.
 */
async function finishFiles(host: Host, { user }: WarmBaseRequest, folder: string): Promise<void> {
  const files = WARM_BASE_FILES.map((name) => `${folder}/${name}`);
  for (const name of WARM_BASE_FILES) {
    const made = madeFile(folder, name);
    await host.run({ file: "cp", args: ["--sparse=always", made, `${folder}/${name}`] });
    await host.remove(made);
  }
  await host.run({ file: "chown", args: [`0:${user.gid}`, ...files] });
  await host.run({ file: "chmod", args: ["0640", ...files] });
  await host.run({ file: "sync", args: files });
}
