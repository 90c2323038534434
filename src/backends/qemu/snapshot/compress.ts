import { mapAtOnce } from "../../../system/at-once.ts";
import type { EmulatorUser } from "../../../system/confine.ts";
import type { Host } from "../../../system/host.ts";

/**
 * Replaces the memory of each node in this folder by a compressed one. Runs at low priority, because running switches
 * come first.
 */
export async function compressMemories(
  host: Host,
  folder: string,
  names: readonly string[],
  atOnce: number,
): Promise<void> {
  await mapAtOnce(names, atOnce, async (name) => {
    const memory = `${folder}/${name}/memory`;
    await host.run({ file: "nice", args: ["-n", "19", "zstd", "-q", "--rm", memory, "-o", `${memory}.zst`] });
    await host.run({ file: "sync", args: [`${memory}.zst`] });
  });
}

/** Unpacks the memories from a snapshot's folder into another folder, as files that QEMU may map. */
export async function unpackMemories(
  host: Host,
  { from, to, user }: { readonly from: string; readonly to: string; readonly user: EmulatorUser },
  names: readonly string[],
  atOnce: number,
): Promise<void> {
  const group = ["-o", "0", "-g", String(user.gid)];
  const folders = names.map((name) => `${to}/${name}`);
  await host.run({ file: "install", args: ["-d", "-m", "0750", ...group, to, ...folders] });
  await mapAtOnce(names, atOnce, async (name) => {
    const memory = `${to}/${name}/memory`;
    await host.run({
      file: "zstd",
      args: ["-dq", "--sparse", `${from}/${name}/memory.zst`, "-o", memory],
    });
    await host.run({ file: "chown", args: [`0:${user.gid}`, memory] });
    await host.run({ file: "chmod", args: ["0640", memory] });
  });
}
