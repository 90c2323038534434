import { CommandError, TimeoutError } from "../../errors.ts";
import type { Host } from "../../system/host.ts";
import type { Launch } from "./launch.ts";
import { nodePaths } from "./paths.ts";
import { withQmp } from "./qmp.ts";

const QMP_TIMEOUT_MS = 5_000;

/** Stop the machine's processors: it neither forwards nor answers, and notices nothing of it. */
export async function freezeMachine(host: Host, runDir: string, nodeName: string): Promise<void> {
  await talk(host, runDir, nodeName, (qmp) => qmp.execute("stop"));
}

export async function thawMachine(host: Host, runDir: string, nodeName: string): Promise<void> {
  await talk(host, runDir, nodeName, (qmp) => qmp.execute("cont"));
}

/** False also where it is off, or nothing answers. */
export async function isFrozen(host: Host, runDir: string, nodeName: string): Promise<boolean> {
  try {
    const { status } = (await talk(host, runDir, nodeName, (qmp) => qmp.execute("query-status"))) as {
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

/** Plug cables in or pull them out: the machine's ports of these names see their carrier come or go. */
export async function setCarrier(
  host: Host,
  runDir: string,
  nodeName: string,
  { ports, on }: { readonly ports: readonly string[]; readonly on: boolean },
): Promise<void> {
  await talk(host, runDir, nodeName, async (qmp) => {
    for (const name of ports) {
      await qmp.execute("set_link", { name, up: on });
    }
  });
}

/** A card whose tap is down has no carrier; QEMU knows nothing of that when it starts. */
export async function pullCablesOfTapsDown(
  host: Host,
  runDir: string,
  { node, ports }: Pick<Launch, "node" | "ports">,
): Promise<void> {
  const flags = await Promise.all(ports.map(({ tap }) => host.readFile(`/sys/class/net/${tap}/flags`)));
  const down = ports.filter(
    (_, index) => flags[index] !== undefined && (Number(flags[index]) & IFF_UP) === 0,
  );
  if (down.length > 0) {
    await setCarrier(host, runDir, node, { ports: down.map(({ name }) => name), on: false });
  }
}

/** linux/if.h */
const IFF_UP = 1;

function talk<T>(
  host: Host,
  runDir: string,
  nodeName: string,
  work: Parameters<typeof withQmp<T>>[2],
): Promise<T> {
  return withQmp(host, { socket: nodePaths(runDir, nodeName).qmp, timeoutMs: QMP_TIMEOUT_MS }, work);
}
