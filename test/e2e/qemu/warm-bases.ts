import type { FabricSite } from "../fabric-site.ts";

export interface Template {
  readonly key: string;
  readonly folder: string;
}

/** Gives this site an empty folder of warm bases, so that it neither uses nor changes those of others. */
export async function ownWarmBases(site: FabricSite): Promise<void> {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  await site.host.shell(`mkdir -p ${folder}/templates && mount -t tmpfs tmpfs ${folder}/templates`);
}

/** Returns all warm bases of the image. */
export async function listWarmBases(site: FabricSite): Promise<readonly Template[]> {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  const { images } = (await site.json(["image", "ls"])) as {
    images: { id: string; warmBases: { key: string }[] }[];
  };
  const image = images.find(({ id }) => folder.endsWith(`/${id}`));
  return (image?.warmBases ?? []).map(({ key }) => ({ key, folder: `${folder}/templates/${key}` }));
}

/**
 * Returns the folder of the warm base from which a switch was cloned.
 * @throws Error if the switch booted
 */
export async function warmBaseOf(site: FabricSite, node: string): Promise<string> {
  // QEMU before 8.2 uses a copy in memory (memfd), which has the file's name.
  const { stdout } = await site.host.shell(`
    cd /proc/$(cat /run/ikvswitch/nodes/${node}/run/qemu.pid)
    tr '\\0' '\\n' <cmdline
    readlink fd/9 || true`);
  const folder = /(?:mem-path=|\/memfd:)(\S+)\/memory\b/.exec(stdout)?.[1];
  if (folder === undefined) {
    throw new Error(`${node} is no clone: ${stdout}`);
  }
  return folder;
}
