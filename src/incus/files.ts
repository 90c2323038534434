import { CommandError } from "../errors.ts";
import { apiPath, type Cluster } from "./client.ts";

export interface PushedFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** Absent: that of the file that is there, or 0644. */
  readonly mode?: number;
}

const FILE_TIMEOUT_MS = 5 * 60_000;

/** Writes a file of an instance, which may be off, as its root's. */
export async function pushFile(cluster: Cluster, instance: string, file: PushedFile): Promise<void> {
  const facts = {
    type: "file",
    write: "overwrite",
    uid: "0",
    gid: "0",
    ...(file.mode === undefined ? {} : { mode: file.mode.toString(8).padStart(4, "0") }),
  };
  await cluster.change("POST", apiPath("instances", instance, "files"), {
    query: { path: file.path },
    body: file.content,
    headers: {
      "content-type": "application/octet-stream",
      // Each engine has names of its own, and ignores the other's.
      ...Object.fromEntries(
        Object.entries(facts).flatMap(([name, value]) => [
          [`X-Incus-${name}`, value],
          [`X-LXD-${name}`, value],
        ]),
      ),
    },
    timeoutMs: FILE_TIMEOUT_MS,
  });
}

/**
 * Reads a file of an instance, which may be off.
 * @throws CommandError if there is none, it is a folder, or it is larger than that.
 */
export async function pullFile(
  cluster: Cluster,
  instance: string,
  path: string,
  maxBytes: number,
): Promise<Uint8Array> {
  const answer = await cluster.raw("GET", apiPath("instances", instance, "files"), {
    ...{ query: { path }, maxBytes, timeoutMs: FILE_TIMEOUT_MS },
  });
  const type = answer.headers["x-incus-type"] ?? answer.headers["x-lxd-type"];
  if (type === "directory") {
    throw new CommandError(`read ${path} of ${instance}`, undefined, "a folder, not a file");
  }
  return answer.body;
}

/** Takes what an instance's console has shown since its start, or since the last call of anybody's. */
export async function consoleLog(cluster: Cluster, instance: string): Promise<string> {
  const answer = await cluster.raw("GET", apiPath("instances", instance, "console"));
  return answer.body.toString();
}
