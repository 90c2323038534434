import type { FabricSite } from "../fabric-site.ts";

export interface Template {
  readonly key: string;
  readonly folder: string;
}

/** No warm base of others' is used or changed from here on: this site makes its own. */
export async function ownWarmBases(site: FabricSite): Promise<void> {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  await site.host.shell(`mkdir -p ${folder}/templates && mount -t tmpfs tmpfs ${folder}/templates`);
}

/** All that the image has. */
export async function listWarmBases(site: FabricSite): Promise<readonly Template[]> {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  const images = (await site.json(["image", "ls"])) as { id: string; warmBases: { key: string }[] }[];
  const image = images.find(({ id }) => folder.endsWith(`/${id}`));
  return (image?.warmBases ?? []).map(({ key }) => ({ key, folder: `${folder}/templates/${key}` }));
}

/**
 * The folder of the warm base that a switch was cloned from.
 * @throws Error when it booted
 */
export async function warmBaseOf(site: FabricSite, node: string): Promise<string> {
  // QEMU before 8.2 has a copy in memory, which bears the file's name.
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
