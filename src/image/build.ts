import { CommandError, type MissingRequirement, PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { mappedIds } from "../system/mapped-ids.ts";
import { makeWholeFolder, removeUnfinishedFolders } from "../system/whole-folder.ts";
import { bootstrapCommand, compressCommand } from "./commands.ts";
import { PROGRAMS_FIX } from "./programs-finding.ts";
import { type Recipe, recipeId } from "./recipe.ts";
import { findImage, type ImageFile, imageFolder, imagesFolder, type Manifest } from "./store.ts";
import { compressedKernel } from "./vmlinux.ts";
import { canRunPrograms } from "./where-programs-run.ts";

export interface BuildRequest {
  readonly recipe: Recipe;
  readonly stateDir: string;
  /** Folder of our own files that go into the image. */
  readonly guest: string;
  /** Called with the progress, in short lines. */
  readonly note: (text: string) => void;
}

/** Space for the unpacked image, its packages and its compressed form at the same time. */
const NEEDED_MIB = 2048;

/** Enough for a slow mirror; with a fast one a build takes a minute. */
const OTHERS_TIMEOUT_MS = 30 * 60_000;

/**
 * Builds the image, unless another process builds it meanwhile. However it is interrupted, an unfinished image is never
 * used, and the next build removes it.
 * @throws PreflightError if programs or disk space are missing.
 * @throws CommandError with mmdebstrap's output.
 */
export async function buildImage(
  host: Host,
  { recipe, stateDir, guest, note }: BuildRequest,
): Promise<Manifest> {
  const id = recipeId(recipe);
  await host.makeDirectory(imagesFolder(stateDir), 0o755);
  await removeUnfinishedFolders(host, imagesFolder(stateDir));
  await checkReady(host, stateDir, id);
  const place = {
    path: imageFolder(stateDir, id),
    isThere: async () => (await findImage(host, stateDir, id)) !== undefined,
    timeoutMs: OTHERS_TIMEOUT_MS,
    onWait: () => note("waiting for another ikvswitch process, which builds it"),
  };
  await makeWholeFolder(host, place, async (folder) => {
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
    await removeLeftovers(host, folder);
  });
  const manifest = await findImage(host, stateDir, id);
  if (manifest === undefined) {
    throw new CommandError(`build image ${id}`, undefined, "it was removed meanwhile");
  }
  return manifest;
}

/** Debian's packages have files of several users, whom an ordinary user's enclosure lacks. */
async function idsProblem(host: Host, id: string): Promise<readonly MissingRequirement[]> {
  const ids = mappedIds((await host.readFile("/proc/self/uid_map")) ?? "");
  return ids.some(({ count }) => count >= USUAL_IDS)
    ? []
    : [
        {
          what: `the switches' image ${id} is missing, and an ordinary user can't build it`,
          why: "Debian's packages have files of several users, and here only one exists",
          fix: `run 'sudo ikvswitch image build' once, copy /var/lib/ikvswitch/images/${id} to ~/.cache/ikvswitch/images and own it (cp -r, chown -R); or use BACKEND=netns`,
        },
      ];
}

/** Users from nobody (65534) down are those of a Debian system. */
const USUAL_IDS = 65_535;

async function checkReady(host: Host, stateDir: string, id: string): Promise<void> {
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
      what: `missing program: ${program}`,
      why: "needed to build the switches' image",
      fix: `apt install ${debianPackage}`,
    }));
  if ((await canRunPrograms(host, stateDir)) !== true) {
    missing.push({
      what: `cannot run programs in ${stateDir}`,
      why: "the image build installs packages there",
      fix: PROGRAMS_FIX,
    });
  }
  missing.push(...(await idsProblem(host, id)));
  const free = await host.run({ file: "df", args: ["--output=avail", "-BM", stateDir] });
  const freeMiB = Number.parseInt(free.stdout.split("\n")[1] ?? "0", 10);
  if (freeMiB < NEEDED_MIB) {
    missing.push({
      what: `only ${freeMiB} MiB free in ${stateDir}`,
      why: `building the image needs ${NEEDED_MIB} MiB temporarily, and 300 MiB afterwards`,
      fix: "free disk space, or move STATE_DIR to a larger file system",
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

/** Removes files that only the build needed. */
async function removeLeftovers(host: Host, folder: string): Promise<void> {
  const kept = /^(vmlinu[xz]|initrd\.cpio|root\.erofs|manifest\.json)$/;
  for (const name of await host.list(folder)) {
    if (!kept.test(name)) {
      await host.remove(`${folder}/${name}`);
    }
  }
}
