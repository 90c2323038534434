import { CommandError, TimeoutError } from "../../errors.ts";
import { withQmp } from "../../qemu/qmp.ts";
import type { Host } from "../../system/host.ts";
import type { Launch } from "./launch.ts";
import type { NodeFolder } from "./node-folder.ts";

const QMP_TIMEOUT_MS = 5_000;

/** Stops the VM's processors: it neither forwards nor answers, and does not notice the pause. */
export async function freezeMachine(host: Host, folder: NodeFolder): Promise<void> {
  await talk(host, folder, (qmp) => qmp.execute("stop"));
}

export async function thawMachine(host: Host, folder: NodeFolder): Promise<void> {
  await talk(host, folder, (qmp) => qmp.execute("cont"));
}

/** Reports whether the VM is paused. False also if it is off, or nothing answers. */
export async function isFrozen(host: Host, folder: NodeFolder): Promise<boolean> {
  try {
    const { status } = (await talk(host, folder, (qmp) => qmp.execute("query-status"))) as {
      readonly status: string;
    };
    return status === "paused";
  } catch (error) {
    if (error instanceof CommandError || error instanceof TimeoutError) {
      return false;
    }
    throw error;
  }
}

/** Sets or clears the carrier of the VM's ports with these names. */
export async function setCarrier(
  host: Host,
  folder: NodeFolder,
  { ports, on }: { readonly ports: readonly string[]; readonly on: boolean },
): Promise<void> {
  await talk(host, folder, async (qmp) => {
    for (const name of ports) {
      await qmp.execute("set_link", { name, up: on });
    }
  });
}

/** Clears the carrier of each NIC whose tap is down. QEMU does not consider that when it starts. */
export async function pullCablesOfTapsDown(
  host: Host,
  folder: NodeFolder,
  { ports }: Pick<Launch, "ports">,
): Promise<void> {
  const flags = await Promise.all(ports.map(({ tap }) => host.readFile(`/sys/class/net/${tap}/flags`)));
  const down = ports.filter(
    (_, index) => flags[index] !== undefined && (Number(flags[index]) & IFF_UP) === 0,
  );
  if (down.length > 0) {
    await setCarrier(host, folder, { ports: down.map(({ name }) => name), on: false });
  }
}

/** linux/if.h */
const IFF_UP = 1;

function talk<T>(host: Host, folder: NodeFolder, work: Parameters<typeof withQmp<T>>[2]): Promise<T> {
  return withQmp(host, { socket: folder.qmp, timeoutMs: QMP_TIMEOUT_MS }, work);
}
