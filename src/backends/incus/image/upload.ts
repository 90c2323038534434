import type { Cluster } from "../../../incus/client.ts";
import { findImage, provideImage } from "../../../incus/images.ts";
import { customVolumes, importVolume } from "../../../incus/volumes.ts";
import { mapAtOnce } from "../../../system/at-once.ts";
import type { Host } from "../../../system/host.ts";
import { type ContainerImage, volumeName } from "./build.ts";

/** What instances are made of, on every member that has one. */
export interface UploadedImage {
  /** Fingerprint of the image. */
  readonly image: string;
  /** Name of the volume with /usr. */
  readonly usr: string;
}

/** Returns the uploaded image as far as there is one: its fingerprint is empty if not. Changes nothing. */
export async function uploadedImage(
  cluster: Cluster,
  { id }: Pick<ContainerImage, "id">,
): Promise<UploadedImage> {
  return { image: (await findImage(cluster, aliasOf(id))) ?? "", usr: volumeName(id) };
}

function aliasOf(id: string): string {
  return `ikvswitch-${id}`;
}

/** Volumes that are made at once: each takes all that the way to its member can carry. */
const AT_ONCE = 3;

/** Provides the image in the cluster, and the volume with /usr on these members. */
export async function uploadImage(
  host: Host,
  cluster: Cluster,
  image: ContainerImage,
  {
    pool,
    members,
    note,
  }: { readonly pool: string; readonly members: readonly string[]; readonly note: (text: string) => void },
): Promise<UploadedImage> {
  const found = await uploadedImage(cluster, image);
  const { usr } = found;
  const present = new Set(
    (await customVolumes(cluster, pool)).filter(({ name }) => name === usr).map(({ member }) => member),
  );
  await mapAtOnce(
    members.filter((member) => !present.has(member)),
    AT_ONCE,
    async (member) => {
      note(`copying /usr to ${member}`);
      await importVolume(cluster, { pool, name: usr, member }, await contentOf(host, image.usr));
    },
  );
  if (found.image !== "") {
    return found;
  }
  note("copying the image");
  const alias = aliasOf(image.id);
  const [metadata, root] = await Promise.all([contentOf(host, image.metadata), contentOf(host, image.root)]);
  return { image: await provideImage(cluster, { alias, metadata, root }), usr };
}

async function contentOf(host: Host, path: string): Promise<Uint8Array> {
  const content = await host.readBytes(path, { maxBytes: MAX_BYTES });
  if (content === undefined) {
    throw new Error(`${path} was removed meanwhile`);
  }
  return content;
}

const MAX_BYTES = 1024 * 1024 * 1024;
