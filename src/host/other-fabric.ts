import { type MissingRequirement, PreflightError } from "../errors.ts";
import type { InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { ObservedDevice } from "./model/observed.ts";
import { HOST_BRIDGE_GROUP } from "./model/ownership.ts";

/** Folders in which a fabric keeps its files. They identify the fabric, whatever else is configured. */
export interface FabricFolders {
  readonly stateDir: string;
  readonly runDir: string;
}

/**
 * Returns the alias of the host's own bridges: `ikvswitch:/var/lib/ikvswitch:/run/ikvswitch`. The kernel keeps it as
 * long as the bridge exists, so that a fabric whose files are elsewhere can be told from ours. Folders contain no
 * colon.
 */
export function fabricAlias({ stateDir, runDir }: FabricFolders): string {
  return [PREFIX, stateDir, runDir].join(":");
}

const PREFIX = "ikvswitch";

type AliasedDevice = Pick<ObservedDevice, "name" | "alias" | "group">;

/** Finds another fabric's devices on this host: one link group marks the devices of every fabric. */
export function findOtherFabric(
  folders: FabricFolders,
  devices: readonly AliasedDevice[],
): readonly MissingRequirement[] {
  const others = devices.filter(
    ({ group, alias }) =>
      group === HOST_BRIDGE_GROUP &&
      alias?.startsWith(`${PREFIX}:`) === true &&
      alias !== fabricAlias(folders),
  );
  const [, stateDir = "", runDir = ""] = others[0]?.alias?.split(":") ?? [];
  return others.length === 0
    ? []
    : [
        {
          what: `another fabric runs on this host: bridges ${others.map(({ name }) => name).join(", ")}, STATE_DIR=${stateDir}, RUN_DIR=${runDir}`,
          why: `a host runs one fabric; this configuration (STATE_DIR=${folders.stateDir}, RUN_DIR=${folders.runDir}) would remove its devices`,
          fix: `use the configuration of the running fabric (--config), or take that fabric down: ikvswitch down --set STATE_DIR=${stateDir} --set RUN_DIR=${runDir}`,
        },
      ];
}

/**
 * Refuses to continue next to another fabric. Call it before a command changes anything.
 * @throws PreflightError if a fabric with other folders than these is on this host.
 */
export async function refuseOtherFabric(host: Host, folders: FabricFolders): Promise<void> {
  const { stdout } = await host.run({
    file: "ip",
    args: ["-N", "-j", "link", "show", "group", String(HOST_BRIDGE_GROUP)],
  });
  const bridges: readonly { readonly ifname?: InterfaceName; readonly ifalias?: string }[] = JSON.parse(
    stdout.trim() || "[]",
  );
  const devices = bridges.flatMap(({ ifname, ifalias }) =>
    ifname === undefined ? [] : [{ name: ifname, alias: ifalias ?? null, group: HOST_BRIDGE_GROUP }],
  );
  const others = findOtherFabric(folders, devices);
  if (others.length > 0) {
    throw new PreflightError(others);
  }
}
