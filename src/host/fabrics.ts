import { fabricAlias, foldersOfAlias, isFabricGroup } from "../fabric/mark.ts";
import type { Fabric, InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { runIfInstalled } from "../system/run-if-installed.ts";
import type { ObservedDevice } from "./model/observed.ts";

/** A fabric whose host network exists: the kernel keeps its folders as the alias of its bridges. */
export interface PresentFabric {
  readonly stateDir: string;
  readonly runDir: string;
  /** Link group of its own bridges. */
  readonly bridgeGroup: number;
  /** The host's own bridges. */
  readonly bridges: readonly InterfaceName[];
}

type AliasedDevice = Pick<ObservedDevice, "name" | "alias" | "group">;

/** Returns the fabrics on this host; none without ip, which makes their devices. */
export async function observeFabrics(host: Host): Promise<readonly PresentFabric[]> {
  const args = ["-N", "-j", "link", "show", "type", "bridge"];
  const { stdout } = (await runIfInstalled(host, { file: "ip", args })) ?? { stdout: "" };
  const bridges: readonly {
    readonly ifname?: InterfaceName;
    readonly ifalias?: string;
    readonly group?: string;
  }[] = JSON.parse(stdout.trim() || "[]");
  return findFabrics(
    bridges.flatMap(({ ifname, ifalias, group }) =>
      ifname === undefined ? [] : [{ name: ifname, alias: ifalias ?? null, group: Number(group) }],
    ),
  );
}

/** Returns the fabrics to which these devices belong. */
export function findFabrics(devices: readonly AliasedDevice[]): readonly PresentFabric[] {
  const found = new Map<string, PresentFabric>();
  for (const { name, alias, group } of devices) {
    const folders = isFabricGroup(group) ? foldersOfAlias(alias) : null;
    if (folders !== null && alias !== null) {
      const bridges = [...(found.get(alias)?.bridges ?? []), name];
      found.set(alias, { ...folders, bridgeGroup: group, bridges });
    }
  }
  return [...found.values()];
}

/** Returns the folders as settings: `STATE_DIR=/var/lib/ikvswitch, RUN_DIR=/run/ikvswitch`. */
export function formatFolders({ stateDir, runDir }: Pick<PresentFabric, "stateDir" | "runDir">): string {
  return `STATE_DIR=${stateDir}, RUN_DIR=${runDir}`;
}

/** Reports whether another fabric has the marks of this one, so that their devices can't be told apart. */
export function sharesMarks({ host: { mark } }: Fabric, other: PresentFabric): boolean {
  return other.bridgeGroup === mark.bridgeGroup && fabricAlias(other.stateDir, other.runDir) !== mark.alias;
}
