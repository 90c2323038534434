import { randomUUID } from "node:crypto";
import { fieldsOf, textOf } from "../untrusted-json.ts";
import { hasStatus } from "./answer.ts";
import { apiPath, type Cluster } from "./client.ts";

/** An image of containers. */
export interface NewImage {
  /** Name by which it is found again. */
  readonly alias: string;
  /** Archive with metadata.yaml: tar, which may be compressed. */
  readonly metadata: Uint8Array;
  /** Archive with the root folder, in the same way. */
  readonly root: Uint8Array;
}

const UPLOAD_TIMEOUT_MS = 5 * 60_000;

/** Returns the fingerprint of the image with this name; undefined if there is none. */
export async function findImage(cluster: Cluster, alias: string): Promise<string | undefined> {
  try {
    const found = fieldsOf(await cluster.get(apiPath("images", "aliases", alias)));
    return textOf(found.target, "") || undefined;
  } catch (error) {
    if (hasStatus(error, 404)) {
      return undefined;
    }
    throw error;
  }
}

/** Adds an image to the project, unless it has one of this name. Returns its fingerprint. */
export async function provideImage(cluster: Cluster, image: NewImage): Promise<string> {
  const found = await findImage(cluster, image.alias);
  if (found !== undefined) {
    return found;
  }
  const boundary = randomUUID();
  const operation = fieldsOf(
    await cluster.change("POST", "/1.0/images", {
      body: Buffer.concat([
        part(boundary, "metadata", image.metadata),
        part(boundary, "rootfs", image.root),
        Buffer.from(`--${boundary}--\r\n`),
      ]),
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
      timeoutMs: UPLOAD_TIMEOUT_MS,
    }),
  );
  const fingerprint = textOf(operation.fingerprint, "");
  await cluster.change("POST", "/1.0/images/aliases", { json: { name: image.alias, target: fingerprint } });
  return fingerprint;
}

export async function deleteImage(cluster: Cluster, fingerprint: string): Promise<void> {
  await cluster.change("DELETE", apiPath("images", fingerprint));
}

function part(boundary: string, name: string, content: Uint8Array): Buffer {
  const head =
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="${name}.tar"\r\n` +
    "content-type: application/octet-stream\r\n\r\n";
  return Buffer.concat([Buffer.from(head), content, Buffer.from("\r\n")]);
}
