import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { bootstrapCommand, compressCommand } from "./commands.ts";
import { type Recipe, recipeId } from "./recipe.ts";
import { findImage, type ImageFile, imageFolder, imagesFolder, type Manifest } from "./store.ts";
import { compressedKernel } from "./vmlinux.ts";

export interface BuildRequest {
  readonly recipe: Recipe;
  readonly stateDir: string;
  /** Folder of our own files that go into the image. */
  readonly guest: string;
  /** Told how far it is, one short line each. */
  readonly note: (text: string) => void;
}

/** The unpacked image, its packages and its compressed form at the same time. */
const NEEDED_MIB = 2048;

/**
 * Build the image, in a folder of its own that gets the image's name at the very end. However it is interrupted,
 * nothing half-made is ever taken for an image, and the next build removes what was left.
 * @throws PreflightError where programs or disk space are missing.
 * @throws CommandError with what mmdebstrap said.
 */
export async function buildImage(
  host: Host,
  { recipe, stateDir, guest, note }: BuildRequest,
): Promise<Manifest> {
  const id = recipeId(recipe);
  await host.makeDirectory(imagesFolder(stateDir), 0o755);
  await removeAbandoned(host, stateDir);
  await checkReady(host, stateDir);

  const folder = `${imagesFolder(stateDir)}/${BUILDING}${id}.${process.pid}`;
  await host.makeDirectory(folder, 0o755);
  try {
    await host.run(bootstrapCommand(recipe, folder, guest), {
      onLine: (line) => {
        if (line.startsWith("I: ")) {
          note(line.slice(3));
        }
      },
    });
    note("compressing");
    await host.run(compressCommand(folder));
    await unpackKernel(host, folder);
    note("computing checksums");
    const manifest = await describe(host, folder, { id, recipe });
    await host.writeFile(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
    await publish(host, folder, stateDir, id);
    return manifest;
  } finally {
    await host.remove(folder);
  }
}

const BUILDING = ".building-";

/** Left by builds that were killed: the pid at the end of their names is nobody's any more. */
async function removeAbandoned(host: Host, stateDir: string): Promise<void> {
  const folder = imagesFolder(stateDir);
  for (const name of await host.list(folder)) {
    const pid = Number(name.slice(name.lastIndexOf(".") + 1));
    if (name.startsWith(BUILDING) && !(await host.kill(pid, 0))) {
      await host.remove(`${folder}/${name}`);
    }
  }
}

async function checkReady(host: Host, stateDir: string): Promise<void> {
  const programs: Readonly<Record<string, string>> = {
    mmdebstrap: "mmdebstrap",
    "mkfs.erofs": "erofs-utils",
    cpio: "cpio",
    zstd: "zstd",
  };
  const { stdout } = await host.run({ file: "which", args: Object.keys(programs) }, { okExitCodes: [1] });
  const missing = Object.entries(programs)
    .filter(([program]) => !stdout.split("\n").some((path) => path.endsWith(`/${program}`)))
    .map(([program, debianPackage]) => ({
      what: `no program ${program}`,
      why: "the switches' image is made with it",
      fix: `apt install ${debianPackage}`,
    }));
  const free = await host.run({ file: "df", args: ["--output=avail", "-BM", stateDir] });
  const freeMiB = Number.parseInt(free.stdout.split("\n")[1] ?? "0", 10);
  if (freeMiB < NEEDED_MIB) {
    missing.push({
      what: `${freeMiB} MiB are free in ${stateDir}`,
      why: `building the switches' image takes ${NEEDED_MIB} MiB for a while, and 300 MiB afterwards`,
      fix: "make room, or set STATE_DIR to a larger file system",
    });
  }
  if (missing.length > 0) {
    throw new PreflightError(missing);
  }
}

async function unpackKernel(host: Host, folder: string): Promise<void> {
  const kernel = compressedKernel((await host.readBytes(`${folder}/vmlinuz`)) ?? new Uint8Array());
  if (kernel !== null) {
    const packed = `${folder}/vmlinux.packed`;
    await host.writeFile(packed, kernel);
    await host.run({ file: "zstd", args: ["-dqf", packed, "-o", `${folder}/vmlinux`] });
    await host.remove(packed);
    await host.remove(`${folder}/vmlinuz`);
  }
}

async function describe(
  host: Host,
  folder: string,
  { id, recipe }: Pick<Manifest, "id" | "recipe">,
): Promise<Manifest> {
  const versions = ((await host.readFile(`${folder}/versions`)) ?? "").trim().split("\n");
  const names = (await host.list(folder)).filter((name) =>
    /^(vmlinu[xz]|initrd\.cpio|root\.erofs)$/.test(name),
  );
  const sums = await host.run({ file: "sha256sum", args: names.map((name) => `${folder}/${name}`) });
  const files = await Promise.all(
    names.map(async (name, index): Promise<[string, ImageFile]> => {
      const sha256 = sums.stdout.split("\n")[index]?.split(" ")[0] ?? "";
      return [name, { sizeBytes: (await host.stat(`${folder}/${name}`))?.sizeBytes ?? 0, sha256 }];
    }),
  );
  return {
    version: 1,
    id,
    recipe,
    versions,
    files: Object.fromEntries(files),
    builtAt: new Date().toISOString(),
  };
}

/** Give the folder the image's name, without what was only needed for making it. */
async function publish(host: Host, folder: string, stateDir: string, id: string): Promise<void> {
  const kept = /^(vmlinu[xz]|initrd\.cpio|root\.erofs|manifest\.json)$/;
  for (const name of await host.list(folder)) {
    if (!kept.test(name)) {
      await host.remove(`${folder}/${name}`);
    }
  }
  // Another build of the same image may have been quicker; a damaged image makes room.
  if ((await findImage(host, stateDir, id)) === undefined) {
    await host.remove(imageFolder(stateDir, id));
    await host.rename(folder, imageFolder(stateDir, id));
  }
}
