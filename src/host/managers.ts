import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "ini";
import type { Fabric } from "../fabric/types.ts";
import type { Command, Host } from "../system/host.ts";
import type { NetworkManagerName, ObservedNetwork } from "./model/observed.ts";
import { plannedNames } from "./model/ownership.ts";

/** A file that makes a network manager ignore our devices. All are under /run: a reboot removes them. */
export interface ManagerFile {
  readonly path: string;
  readonly content: string;
  /** Makes the manager read the file. */
  readonly reload: Command;
}

interface Manager {
  readonly name: NetworkManagerName;
  /** Exists while the manager runs. */
  readonly sign: string;
  /** @param mark comment of the fabric */
  readonly path: (mark: string) => string;
  readonly reload: Command;
  /**
   * Settings by section. They list full names: a pattern would also match foreign devices with similar names, even the
   * uplink.
   */
  readonly settings: (
    names: readonly string[],
    mark: string,
  ) => Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const HEADER = "# Made by ikvswitch, which removes it when the host network is stopped.";

const managers: readonly Manager[] = [
  {
    name: "NetworkManager",
    sign: "/run/NetworkManager",
    path: (mark) => `/run/NetworkManager/conf.d/${mark}.conf`,
    reload: { file: "nmcli", args: ["general", "reload", "conf"] },
    // With commas: to other readers of such files, text after a semicolon is a comment.
    settings: (names, mark) => ({
      [`device-${mark}`]: {
        "match-device": names.map((name) => `interface-name:${name}`).join(","),
        managed: "0",
      },
    }),
  },
  {
    name: "systemd-networkd",
    sign: "/run/systemd/netif/state",
    path: (mark) => `/run/systemd/network/05-${mark}.network`,
    reload: { file: "networkctl", args: ["reload"] },
    settings: (names) => ({ Match: { Name: names.join(" ") }, Link: { Unmanaged: "yes" } }),
  },
  {
    // By default, udev assigns a MAC of its own to devices that have a random one, such as taps. That would race with
    // ours.
    name: "systemd-udevd",
    sign: "/run/udev/control",
    path: (mark) => `/run/systemd/network/05-${mark}.link`,
    reload: { file: "udevadm", args: ["control", "--reload"] },
    settings: (names) => ({
      Match: { OriginalName: names.join(" ") },
      Link: { NamePolicy: "keep", MACAddressPolicy: "none" },
    }),
  },
];

/** Returns the files for the managers that run on this host. */
export function managerFiles(fabric: Fabric, running: readonly NetworkManagerName[]): readonly ManagerFile[] {
  const names = plannedNames(fabric).toSorted();
  const { comment } = fabric.host.mark;
  return managers
    .filter(({ name }) => running.includes(name))
    .map(({ path, reload, settings }) => ({
      path: path(comment),
      reload,
      content: `${HEADER}\n${stringify(settings(names, comment))}`,
    }));
}

/** Reports whether two files have the same settings: comments, blanks and the order of sections do not count. */
export function haveSameSettings(one: string, other: string): boolean {
  return isDeepStrictEqual(parse(one), parse(other));
}

/** Returns the command to run after a file was removed; undefined for a path that is not ours. */
export function reloadCommand(path: string): Command | undefined {
  const [mark] = /ikvswitch[^/.]*/.exec(path.split("/").at(-1) ?? "") ?? [""];
  return managers.find((manager) => manager.path(mark) === path)?.reload;
}

/** Reads the files with each of these marks. */
export async function observeManagers(
  host: Host,
  marks: readonly string[],
): Promise<Pick<ObservedNetwork, "managers" | "managerFiles">> {
  const seen = await Promise.all(
    managers.map(async ({ name, sign, path }) => ({
      name,
      runs: (await host.stat(sign)) !== undefined,
      files: await Promise.all(
        marks.map(path).map(async (file) => [file, await host.readFile(file)] as const),
      ),
    })),
  );
  return {
    managers: seen.filter(({ runs }) => runs).map(({ name }) => name),
    managerFiles: Object.fromEntries(seen.flatMap(({ files }) => files)),
  };
}
