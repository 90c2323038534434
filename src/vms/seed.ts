import { FileError } from "../errors.ts";
import { keyLines } from "../render/ssh.ts";
import type { EmulatorUser } from "../system/confine.ts";
import type { Host } from "../system/host.ts";
import type { VmFolder } from "./folder.ts";
import type { Profile } from "./profile.ts";

/** Limit on files that profiles name. */
const MAX_BYTES = 1024 * 1024;

/**
 * Writes the files for cloud-init (its data source NoCloud): host name, SSH keys and user-data.
 * @returns their folder; null for a VM without a disk of its own.
 * @throws FileError if a file that the profile names can't be used.
 */
export async function writeSeed(
  host: Host,
  folder: VmFolder,
  {
    profile,
    instance,
    user,
  }: { readonly profile: Profile; readonly instance: string; readonly user: EmulatorUser },
): Promise<string | null> {
  if (profile.disks.length === 0 || profile.image === "switch") {
    return null;
  }
  const keys = profile.sshKeys === "" ? [] : keyLines(await demand(host, profile.sshKeys));
  const userData = profile.userData === "" ? "#cloud-config\n{}\n" : await demand(host, profile.userData);
  // JSON is YAML.
  const metaData = { "instance-id": instance, "local-hostname": folder.name, "public-keys": keys };
  await host.run({
    file: "install",
    args: ["-d", "-m", "0750", "-o", "0", "-g", String(user.gid), folder.seed],
  });
  const files = { "meta-data": `${JSON.stringify(metaData, null, 2)}\n`, "user-data": userData };
  for (const [name, content] of Object.entries(files)) {
    await host.writeFile(`${folder.seed}/${name}`, content, 0o640);
    await host.run({ file: "chgrp", args: [String(user.gid), `${folder.seed}/${name}`] });
  }
  return folder.seed;
}

/** Reads a file that the profile names. */
export async function demand(host: Host, path: string): Promise<string> {
  const text = await host.readFile(path, { maxBytes: MAX_BYTES });
  if (text === undefined) {
    throw new FileError(path, "no such file; the VM's profile names it");
  }
  return text;
}
