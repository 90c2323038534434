import { dirname } from "node:path";
import type { ImageSettings } from "../../../config/settings.ts";
import { PreflightError } from "../../../errors.ts";
import { whereProgramsRun } from "../../../image/where-programs-run.ts";
import { sha256 } from "../../../render/sha256.ts";
import { findArchitecture } from "../../../system/architecture.ts";
import type { Command, Host } from "../../../system/host.ts";
import { listFiles } from "../../../system/list-files.ts";
import { runIfInstalled } from "../../../system/run-if-installed.ts";
import { makeWholeFolder, removeUnfinishedFolders } from "../../../system/whole-folder.ts";
import { readOwn } from "../../model/guest-files.ts";
import { type ContainerRecipe, containerImageId, containerRecipe } from "./recipe.ts";

/** Files of an image of containers. Its /usr is apart: one copy per member is enough for all switches. */
export interface ContainerImage {
  readonly id: string;
  /** Archive with metadata.yaml. */
  readonly metadata: string;
  /** Archive of the root folder without /usr. */
  readonly root: string;
  /** Backup of a volume with /usr. */
  readonly usr: string;
}

export interface ImageRequest {
  readonly stateDir: string;
  readonly image: ImageSettings;
  /** Folder of our own guest programs. */
  readonly guest: string;
  readonly note: (text: string) => void;
}

const OTHERS_TIMEOUT_MS = 30 * 60_000;

/** Returns the containers' image, which may not be built yet. */
export async function containerImage(
  host: Host,
  { stateDir, image, guest }: Omit<ImageRequest, "note">,
): Promise<ContainerImage & { readonly folder: string; readonly recipe: ContainerRecipe }> {
  const recipe = containerRecipe(image, await findArchitecture(host), await guestDigest(host, guest));
  const id = containerImageId(recipe);
  const folder = `${stateDir}/containers/${id}`;
  return {
    ...{ id, folder, recipe },
    metadata: `${folder}/metadata.tar`,
    root: `${folder}/root.tar.gz`,
    usr: `${folder}/usr.tar.gz`,
  };
}

/**
 * Returns the containers' image, which is built if it is missing: with a fast mirror, in a minute or two.
 * @throws PreflightError if mmdebstrap is missing.
 */
export async function ensureContainerImage(host: Host, request: ImageRequest): Promise<ContainerImage> {
  const image = await containerImage(host, request);
  const { id, recipe, folder: path } = image;
  const isThere = async () => (await host.stat(path)) !== undefined;
  if (!(await isThere())) {
    await checkProgram(host);
    await host.makeDirectory(dirname(path), 0o755);
    await removeUnfinishedFolders(host, dirname(path));
    const place = {
      ...{ path, isThere, timeoutMs: OTHERS_TIMEOUT_MS },
      onWait: () => request.note("waiting for another ikvswitch process, which builds the image"),
    };
    await makeWholeFolder(host, place, (folder) => build(host, recipe, { ...request, folder, id }));
  }
  return image;
}

async function guestDigest(host: Host, guest: string): Promise<string> {
  const folder = `${guest}/incus/build`;
  const paths = await listFiles(host, folder);
  const texts = await Promise.all(paths.map((path) => readOwn(host, `${folder}/${path}`)));
  return sha256(paths.flatMap((path, index) => [path, texts[index]]).join("\0"));
}

async function checkProgram(host: Host): Promise<void> {
  if ((await runIfInstalled(host, { file: "mmdebstrap", args: ["--version"] })) === undefined) {
    throw new PreflightError([
      {
        what: "missing program: mmdebstrap",
        why: "needed to build the image of the switches' containers",
        fix: "apt install mmdebstrap",
      },
    ]);
  }
}

async function build(
  host: Host,
  recipe: ContainerRecipe,
  { folder, guest, note, id }: ImageRequest & { readonly folder: string; readonly id: string },
): Promise<void> {
  await host.run(bootstrapCommand(recipe, folder, guest), {
    onLine: (line) => {
      if (line.startsWith("I: ")) {
        note(line.slice(3));
      }
    },
  });
  note("compressing");
  await host.writeFile(`${folder}/metadata.yaml`, metadata(recipe));
  await host.makeDirectory(`${folder}/backup`, 0o755);
  await host.rename(`${folder}/tree/usr`, `${folder}/backup/volume`);
  await host.makeDirectory(`${folder}/tree/usr`, 0o755);
  await host.writeFile(`${folder}/backup/index.yaml`, volumeIndex(volumeName(id)));
  const archive = (name: string, ...words: readonly string[]) =>
    host.run({
      file: "tar",
      args: ["--numeric-owner", "--create", "--file", `${folder}/${name}`, ...words],
    });
  await archive("metadata.tar", "-C", folder, "metadata.yaml");
  // The engine makes a container's /dev.
  await archive("root.tar.gz", COMPRESS, "--exclude=./dev/*", "-C", `${folder}/tree`, ".");
  await archive("usr.tar.gz", COMPRESS, "-C", folder, "backup/index.yaml", "backup/volume");
  for (const name of ["tree", "backup", "metadata.yaml"]) {
    await host.remove(`${folder}/${name}`);
  }
}

/** Most of what a higher level saves, for a tenth of its time. */
const COMPRESS = "--use-compress-program=gzip -1";

/** Of the volume with /usr, in every pool. */
export function volumeName(imageId: string): string {
  return `ikvswitch-${imageId}-usr`;
}

/**
 * As the first process of PID and mount namespaces of its own: however it ends, the kernel ends its child processes and
 * undoes its mounts.
 */
function bootstrapCommand(recipe: ContainerRecipe, folder: string, guest: string): Command {
  const { file, args } = whereProgramsRun(folder, {
    file: "mmdebstrap",
    args: [
      ...["--variant=essential", "--mode=root", "--format=directory", "--components=main"],
      `--architectures=${recipe.architecture}`,
      // Without mmdebstrap's configuration of apt in /tmp, its own clean-up would delete the host's package lists.
      "--skip=cleanup/run,cleanup/apt,cleanup/tmp",
      `--include=${recipe.packages.join(",")}`,
      ...UNPACKED_NOT.map((path) => `--dpkgopt=path-exclude=${path}`),
      "--dpkgopt=force-unsafe-io",
      '--customize-hook=sh "$IKV_GUEST/incus/build/finish" "$1"',
      recipe.release,
      `${folder}/tree`,
      ...recipe.sources,
    ],
  });
  const own = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  return {
    file: "unshare",
    args: [...own, "--", file, ...args],
    env: { IKV_GUEST: guest, TMPDIR: folder },
    keepEnv: PROXIES,
  };
}

const PROXIES = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
const UNPACKED_NOT = ["doc", "man", "locale", "info", "lintian"].map((name) => `/usr/share/${name}/*`);

function metadata({ architecture, release }: ContainerRecipe): string {
  const { [architecture]: name = architecture } = ENGINE_ARCHITECTURES;
  return [
    `architecture: ${name}`,
    // Any time will do, and a fixed one makes equal images equal.
    "creation_date: 1700000000",
    "properties:",
    `  description: Switch of ikvswitch, Debian ${release}`,
    "",
  ].join("\n");
}

const ENGINE_ARCHITECTURES: Readonly<Record<string, string>> = { amd64: "x86_64", arm64: "aarch64" };

/** The files belong to root for all containers: none maps them to IDs of its own. */
function volumeIndex(name: string): string {
  return [
    `name: ${name}`,
    "backend: dir",
    "pool: default",
    "optimized: false",
    "optimized_header: false",
    "type: custom",
    "config:",
    "  volume:",
    "    config:",
    '      security.shifted: "true"',
    '    description: ""',
    `    name: ${name}`,
    "    type: custom",
    "    content_type: filesystem",
    "",
  ].join("\n");
}
