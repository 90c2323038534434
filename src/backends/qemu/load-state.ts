import { CommandError } from "../../errors.ts";
import { type Qmp, withQmp } from "../../qemu/qmp.ts";
import { readUsersFile } from "../../qemu/users-file.ts";
import type { Host } from "../../system/host.ts";
import { untilMigrated } from "./migration.ts";
import type { NodeFolder } from "./node-folder.ts";

export interface StateToLoad {
  /** File with the state of a VM's processor and devices. */
  readonly state: string;
  /** Migration capabilities of QEMU with which it was written; reading it needs the same. */
  readonly capabilities: readonly string[];
  readonly timeoutMs: number;
}

/**
 * Loads the state of processor and devices into a VM that was started with `-incoming defer`. The VM is paused
 * afterwards.
 *
 * Sends the state through a socket: QEMU may open no files except those on its command line, and versions before 8.2
 * can't read a state from a file.
 * @throws CommandError with QEMU's error message if it rejects the state.
 */
export async function loadState(host: Host, folder: NodeFolder, request: StateToLoad): Promise<void> {
  const { timeoutMs } = request;
  const state = await host.readBytes(request.state);
  if (state === undefined) {
    throw new CommandError("QMP migrate-incoming", undefined, `${request.state} is missing`);
  }
  const incoming = `${folder.run}/incoming.sock`;
  await withQmp(host, { socket: folder.qmp, timeoutMs }, async (qmp) => {
    await prepare(qmp, request);
    await qmp.execute("migrate-incoming", { uri: `unix:${incoming}` });
    const socket = await host.connect(incoming);
    // QEMU may close the connection if it rejects the state; its own error message is the one to report.
    socket.on("error", () => {});
    socket.end(state);
    const what = "loading the VM's state";
    await untilMigrated(qmp, { command: "migrate-incoming", what, timeoutMs });
  }).catch(async (error: unknown) => {
    // QEMU before 9 exits on a state that it does not understand.
    const said = ((await readUsersFile(host, folder.qemuLog)) ?? "").trim();
    throw said === "" ? error : new CommandError("QMP migrate-incoming", undefined, said);
  });
  await host.remove(incoming);
}

/**
 * Limits announcements to one. By default QEMU lets the guest announce the location of every NIC to the network five
 * times. The NICs have not moved, and this kept emulated processors busy for half of their first second. Zero is no
 * option: QEMU 7.2 to 10 at least then use a freed timer when the VM is reset, and crash (virtio_net_reset).
 */
async function prepare(qmp: Qmp, { capabilities }: StateToLoad): Promise<void> {
  await qmp.execute("migrate-set-parameters", { "announce-rounds": 1 });
  if (capabilities.length > 0) {
    await qmp.execute("migrate-set-capabilities", {
      capabilities: capabilities.map((capability) => ({ capability, state: true })),
    });
  }
}
