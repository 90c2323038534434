import { CommandError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import { untilMigrated } from "./migration.ts";
import type { NodeFolder } from "./node-folder.ts";
import { type Qmp, withQmp } from "./qmp.ts";
import { readUsersFile } from "./users-file.ts";

export interface StateToLoad {
  /** File with the state of a machine's processor and devices. */
  readonly state: string;
  /** What of QEMU's migration it was written with, and has to be read with. */
  readonly capabilities: readonly string[];
  readonly timeoutMs: number;
}

/**
 * Give a machine that was started with `-incoming defer` the state of its processor and devices. It stands still
 * afterwards.
 *
 * Through a socket: QEMU may open no file but those on its command line, and before 8.2 it reads this from none.
 * @throws CommandError with QEMU's own words when it does not take it.
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
    // QEMU may hang up on what it does not understand; what it says then is what counts.
    socket.on("error", () => {});
    socket.end(state);
    const what = "loading the VM's state";
    await untilMigrated(qmp, { command: "migrate-incoming", what, timeoutMs });
  }).catch(async (error: unknown) => {
    // QEMU before 9 ends itself over a state that it does not understand.
    const said = ((await readUsersFile(host, folder.qemuLog)) ?? "").trim();
    throw said === "" ? error : new CommandError("QMP migrate-incoming", undefined, said);
  });
  await host.remove(incoming);
}

/**
 * With one announcement: QEMU would have the guest tell the network of every NIC five times where it is now. The NICs
 * sit where they sat, and emulated processors were busy with that for half of their first second. With none at all, QEMU
 * 7.2 to 10 at least use a timer that they have freed when the machine is reset, and crash (virtio_net_reset).
 */
async function prepare(qmp: Qmp, { capabilities }: StateToLoad): Promise<void> {
  await qmp.execute("migrate-set-parameters", { "announce-rounds": 1 });
  if (capabilities.length > 0) {
    await qmp.execute("migrate-set-capabilities", {
      capabilities: capabilities.map((capability) => ({ capability, state: true })),
    });
  }
}
