import { BACKENDS } from "../../backends/index.ts";
import type { BootImages } from "../../backends/model/images.ts";
import { UsageError } from "../../errors.ts";
import { toned } from "../../format/tone.ts";
import { productPath } from "../../system/product-path.ts";
import { command, commandGroup } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { print, warn } from "../output.ts";
import { printDocument } from "../print-document.ts";
import { showProgress } from "../progress.ts";

interface RemoveOptions extends GlobalOptions {
  readonly ids: readonly string[];
}

interface BuildOptions extends GlobalOptions {
  readonly force: boolean;
}

export const imageCommand = commandGroup("image", "Manage the operating system images of switches", [
  command<BuildOptions>({
    command: "build",
    describe: "Build the configured image unless it exists; 'up' does so, too",
    builder: (parser) =>
      parser.option("force", {
        type: "boolean",
        default: false,
        describe: "Rebuild an existing image, with current packages",
      }),
    run: build,
  }),
  command({
    command: "ls",
    describe: "List images, warm bases that switches will be cloned from, and saved fabrics that will resume",
    run: list,
  }),
  command({
    command: "verify",
    describe: "Verify the checksums of all images",
    run: verify,
  }),
  command<RemoveOptions>({
    command: "rm <ids..>",
    describe: "Remove images (with their warm bases), warm bases or saved fabrics; running switches continue",
    builder: (parser) =>
      parser.positional("ids", { array: true, type: "string", describe: "IDs as shown by 'image ls'" }),
    run: remove,
  }),
  command({
    command: "prune",
    describe: "Remove images, warm bases and a warm fabric that no configuration, switch or snapshot uses",
    run: pruneUnused,
  }),
]);

async function wantedRecipe({ host, settings }: Context) {
  const { currentRecipe } = await import("../../image/source.ts");
  const { findArchitecture } = await import("../../system/architecture.ts");
  return currentRecipe(host, settings, productPath("guest"), await findArchitecture(host));
}

async function build(options: BuildOptions): Promise<void> {
  const context = await loadContext(options, "file");
  const { host, settings } = context;
  const { buildImage } = await import("../../image/build.ts");
  const { recipeId } = await import("../../image/recipe.ts");
  const { findImage, imageFolder } = await import("../../image/store.ts");
  const stateDir = settings.stateDir;
  const recipe = await wantedRecipe(context);
  const id = recipeId(recipe);
  if (options.force) {
    await host.remove(imageFolder(stateDir, id));
  }
  const isThere = (await findImage(host, stateDir, id)) !== undefined;
  if (!isThere) {
    await showProgress({ quiet: options.json }).step(
      `Build the image of Debian ${recipe.release}`,
      (note) => buildImage(host, { recipe, stateDir, guest: productPath("guest"), note }),
      () => id,
    );
  }
  if (options.json) {
    printDocument("image build", { id, built: !isThere, folder: imageFolder(stateDir, id) });
  } else {
    print(`${id}: ${isThere ? "already built" : "built"}, in ${imageFolder(stateDir, id)}`);
  }
}

async function list(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options, "file");
  const { listImages } = await import("../../image/store.ts");
  const { recipeId } = await import("../../image/recipe.ts");
  const { formatTable } = await import("../../format/table.ts");
  const { formatTime } = await import("../../format/time.ts");
  const stateDir = context.settings.stateDir;
  const images = await listImages(context.host, stateDir);
  const warmBases = await (await bootImages()).warmBases(context.host, stateDir, images);
  const { listSavedFabrics } = await import("../../lab/saved-fabrics.ts");
  const saved = await listSavedFabrics(context.host, stateDir, BACKENDS);
  const snapshots = await snapshotsByImage(context);
  if (options.json) {
    printDocument("image ls", {
      images: images.map((image) => ({
        ...image,
        snapshots: snapshots.get(image.id) ?? [],
        warmBases: warmBases
          .filter((warmBase) => warmBase.image === image.id)
          .map(({ image: _, ...warmBase }) => warmBase),
        savedFabrics: saved.filter((one) => one.image === image.id).map(({ image: _, ...one }) => one),
      })),
    });
    return;
  }
  const wanted = recipeId(await wantedRecipe(context));
  const rows = images.map(({ id, recipe, files, versions, builtAt }) => [
    id,
    recipe.release,
    versions.find((line) => line.startsWith("kernel "))?.slice(7) ?? "",
    versions.find((line) => line.startsWith("frr "))?.slice(4) ?? "",
    Math.round(Object.values(files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1024 / 1024),
    formatTime(builtAt),
    id === wanted ? "yes" : "",
    (snapshots.get(id) ?? []).join(", "),
  ]);
  print(formatTable(["IMAGE", "DEBIAN", "KERNEL", "FRR", "MIB", "BUILT", "CURRENT", "SNAPSHOTS"], rows));
  if (warmBases.length > 0) {
    const lines = warmBases.map(({ image, key, nics, memoryMiB, diskMiB, madeAt }) => [
      key,
      image,
      nics,
      memoryMiB,
      diskMiB,
      formatTime(madeAt),
    ]);
    print(`\n${formatTable(["WARM BASE", "IMAGE", "NICS", "MEMORY MIB", "ON DISK MIB", "CREATED"], lines)}`);
  }
  if (saved.length > 0) {
    const lines = saved.map(({ kind, image, switches, diskMiB, savedAt }) => [
      ...[kind, image, switches, diskMiB, formatTime(savedAt)],
    ]);
    print(`\n${formatTable(["SAVED FABRIC", "IMAGE", "SWITCHES", "ON DISK MIB", "CREATED"], lines)}`);
  }
}

async function pruneUnused(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options, "file");
  const { host, settings, fabric } = context;
  const { recipeId } = await import("../../image/recipe.ts");
  const removed = await (await bootImages()).prune(host, {
    settings,
    fabric,
    wanted: recipeId(await wantedRecipe(context)),
    needed: [...(await snapshotsByImage(context)).keys()],
  });
  if (options.json) {
    printDocument("image prune", { removed });
  } else {
    print(removed.length === 0 ? "Nothing to remove." : `Removed: ${removed.join(", ")}.`);
  }
}

/** Returns the names of the snapshots by the image that they were saved from, which they need to be restored. */
async function snapshotsByImage({
  host,
  settings,
}: Context): Promise<ReadonlyMap<string, readonly string[]>> {
  const { listSnapshots } = await import("../../lab/snapshots.ts");
  const names = new Map<string, readonly string[]>();
  for (const { name, image } of await listSnapshots(host, settings.stateDir, BACKENDS)) {
    names.set(image, [...(names.get(image) ?? []), name]);
  }
  return names;
}

/** Returns the images of the backend whose switches boot from images. */
async function bootImages(): Promise<BootImages> {
  const { allBackends } = await import("../../backends/find.ts");
  const [images] = (await allBackends(BACKENDS)).flatMap((backend) => backend.images ?? []);
  if (images === undefined) {
    throw new UsageError("no backend uses images");
  }
  return images;
}

async function verify(options: GlobalOptions): Promise<void> {
  const { host, settings } = await loadContext(options, "file");
  const { listImages, verifyImage } = await import("../../image/store.ts");
  const images = await listImages(host, settings.stateDir);
  const results = await Promise.all(
    images.map(async (image) => ({
      id: image.id,
      damaged: await verifyImage(host, settings.stateDir, image),
    })),
  );
  if (options.json) {
    printDocument("image verify", { images: results });
  } else {
    print(
      results
        .map(({ id, damaged }) =>
          damaged.length === 0
            ? `${id}: ${toned("good", "whole")}`
            : `${id}: ${toned("bad", "damaged")} (${damaged.join(", ")}); run 'ikvswitch image build --force'`,
        )
        .join("\n"),
    );
  }
  process.exitCode = results.every(({ damaged }) => damaged.length === 0) ? 0 : 4;
}

async function remove(options: RemoveOptions): Promise<void> {
  const context = await loadContext(options, "file");
  const { host, settings } = context;
  const images = await bootImages();
  const snapshots = await snapshotsByImage(context);
  const { findKept } = await import("../../lab/saved-fabrics.ts");
  const kept = await findKept(host, settings.stateDir, BACKENDS);
  for (const id of options.ids) {
    await images.remove(host, settings.stateDir, id);
    const useless = snapshots.get(id) ?? [];
    if (useless.length > 0) {
      warn(`these snapshots need image ${id} and can no longer be restored: ${useless.join(", ")}`);
    }
    if (kept?.image === id) {
      warn(`the switches that 'down --keep' kept need image ${id} and can no longer resume`);
    }
  }
  if (options.json) {
    printDocument("image rm", { removed: options.ids });
  } else {
    print(`Removed: ${options.ids.join(", ")}.`);
  }
}
