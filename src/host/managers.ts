import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "ini";
import type { Fabric } from "../fabric/types.ts";
import type { Command, Host } from "../system/host.ts";
import type { NetworkManagerName, ObservedNetwork } from "./model/observed.ts";
import { plannedNames } from "./model/ownership.ts";

/** A file that tells a network manager to leave our devices alone. All lie under /run: a reboot forgets them. */
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
  readonly path: string;
  readonly reload: Command;
  /**
   * By section. Names stand in full: a pattern would take in devices of others that begin likewise, the uplink even.
   */
  readonly settings: (names: readonly string[]) => Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const HEADER = "# Made by ikvswitch, which removes it when the host network is stopped.";

const managers: readonly Manager[] = [
  {
    name: "NetworkManager",
    sign: "/run/NetworkManager",
    path: "/run/NetworkManager/conf.d/ikvswitch.conf",
    reload: { file: "nmcli", args: ["general", "reload", "conf"] },
    // With commas: what is behind a semicolon is a comment to other readers of such files.
    settings: (names) => ({
      "device-ikvswitch": {
        "match-device": names.map((name) => `interface-name:${name}`).join(","),
        managed: "0",
      },
    }),
  },
  {
    name: "systemd-networkd",
    sign: "/run/systemd/netif/state",
    path: "/run/systemd/network/05-ikvswitch.network",
    reload: { file: "networkctl", args: ["reload"] },
    settings: (names) => ({ Match: { Name: names.join(" ") }, Link: { Unmanaged: "yes" } }),
  },
  {
    // udev's default is to give devices that come with a random MAC, such as taps, one of its own choice. That
    // would race with ours.
    name: "systemd-udevd",
    sign: "/run/udev/control",
    path: "/run/systemd/network/05-ikvswitch.link",
    reload: { file: "udevadm", args: ["control", "--reload"] },
    settings: (names) => ({
      Match: { OriginalName: names.join(" ") },
      Link: { NamePolicy: "keep", MACAddressPolicy: "none" },
    }),
  },
];

/** The files that the managers running on this machine need. */
export function managerFiles(fabric: Fabric, running: readonly NetworkManagerName[]): readonly ManagerFile[] {
  const names = plannedNames(fabric).toSorted();
  return managers
    .filter(({ name }) => running.includes(name))
    .map(({ path, reload, settings }) => ({
      path,
      reload,
      content: `${HEADER}\n${stringify(settings(names))}`,
    }));
}

/** Whether two files say the same: comments, blanks and the order of sections do not count. */
export function haveSameSettings(one: string, other: string): boolean {
  return isDeepStrictEqual(parse(one), parse(other));
}

/** What to run after a file was removed. Undefined for a path that is none of ours. */
export function reloadCommand(path: string): Command | undefined {
  return managers.find((manager) => manager.path === path)?.reload;
}

export async function observeManagers(
  host: Host,
): Promise<Pick<ObservedNetwork, "managers" | "managerFiles">> {
  const seen = await Promise.all(
    managers.map(async ({ name, sign, path }) => ({
      name,
      path,
      runs: (await host.stat(sign)) !== undefined,
      content: await host.readFile(path),
    })),
  );
  return {
    managers: seen.filter(({ runs }) => runs).map(({ name }) => name),
    managerFiles: Object.fromEntries(seen.map(({ path, content }) => [path, content])),
  };
}
