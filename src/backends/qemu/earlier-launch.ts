import type { EmulatorUser } from "../../system/confine.ts";
import type { Command, Host } from "../../system/host.ts";
import { readVersioned } from "../../system/state-file.ts";
import { digestOf, type Launch } from "./launch.ts";
import type { NodeFolder } from "./node-folder.ts";

/** A launch as earlier builds wrote it: as QEMU's command itself. Their VMs may still run. */
export interface EarlierLaunch {
  readonly version: 1;
  readonly node: string;
  readonly user: EmulatorUser;
  readonly kvm: boolean;
  readonly command: Command;
}

const FORM = { node: "string", user: "object", command: "object" } as const;

/**
 * Reads the launch in an earlier build's file; undefined if the file is not one. This is the only place that parses
 * facts from a command: that file has no others.
 */
export async function readEarlierLaunch(host: Host, folder: NodeFolder): Promise<Launch | undefined> {
  const kept = await readVersioned<EarlierLaunch>(host, folder.launch, FORM);
  if (kept === undefined || !Array.isArray(kept.command.args)) {
    return undefined;
  }
  const { node, user, kvm, command } = kept;
  const kernel = option(command, "-kernel");
  return {
    node,
    user,
    kvm,
    command,
    commandDigest: digestOf(command),
    memoryMiB: Number(/^size=(\d+)M$/.exec(option(command, "-m"))?.[1]),
    imageFolder: kernel.slice(0, kernel.lastIndexOf("/")),
    ports: command.args.flatMap((word) => {
      const [, name, tap] = /^tap,id=([^,]+),ifname=([^,]+),/.exec(word) ?? [];
      return name === undefined || tap === undefined ? [] : [{ name, tap }];
    }),
  };
}

function option({ args }: Command, name: string): string {
  const at = args.indexOf(name);
  return at < 0 ? "" : (args[at + 1] ?? "");
}
