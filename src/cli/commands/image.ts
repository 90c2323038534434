import { productPath } from "../../system/product-path.ts";
import { command, commandGroup } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { print, printJson, warn } from "../output.ts";
import { runSteps } from "../run-steps.ts";

interface RemoveOptions extends GlobalOptions {
  readonly ids: readonly string[];
}

interface BuildOptions extends GlobalOptions {
  readonly force: boolean;
}

export const imageCommand = commandGroup("image", "The switches' operating system image", [
  command<BuildOptions>({
    command: "build",
    describe: "Build the image that the configuration asks for, unless it is there; `up` does so by itself",
    builder: (parser) =>
      parser.option("force", {
        type: "boolean",
        default: false,
        describe: "Build it anew, for newer packages",
      }),
    run: build,
  }),
  command({
    command: "ls",
    describe:
      "List images and the templates that switches are cloned from: what they are, how large they are",
    run: list,
  }),
  command({
    command: "verify",
    describe: "Compare the files of every image with their checksums",
    run: verify,
  }),
  command<RemoveOptions>({
    command: "rm <ids..>",
    describe: "Delete images with their templates, or templates; running switches keep what they have open",
    builder: (parser) =>
      parser.positional("ids", { array: true, type: "string", describe: "As `ls` shows them" }),
    run: remove,
  }),
  command({
    command: "prune",
    describe:
      "Delete the images and templates that neither the configuration asks for nor a switch or snapshot needs",
    run: pruneUnused,
  }),
]);

async function wantedRecipe({ host, loaded }: Context) {
  const { currentRecipe } = await import("../../image/source.ts");
  const { findArchitecture } = await import("../../backends/qemu/preflight.ts");
  return currentRecipe(host, loaded.config, productPath("guest"), await findArchitecture(host));
}

async function build(options: BuildOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, loaded } = context;
  const { buildImage } = await import("../../image/build.ts");
  const { recipeId } = await import("../../image/recipe.ts");
  const { findImage, imageFolder } = await import("../../image/store.ts");
  const stateDir = loaded.config.STATE_DIR;
  const recipe = await wantedRecipe(context);
  const id = recipeId(recipe);
  if (options.force) {
    await host.remove(imageFolder(stateDir, id));
  }
  const isThere = (await findImage(host, stateDir, id)) !== undefined;
  if (!isThere) {
    const title = `Build the image of Debian ${recipe.release}`;
    const run = async (note: (text: string) => void) => {
      await buildImage(host, { recipe, stateDir, guest: productPath("guest"), note });
      return id;
    };
    await runSteps([{ title, run }], { quiet: options.json });
  }
  if (options.json) {
    printJson({ id, built: !isThere, folder: imageFolder(stateDir, id) });
  } else {
    print(`${id}: ${isThere ? "already there" : "built"}, in ${imageFolder(stateDir, id)}`);
  }
}

async function list(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { listImages } = await import("../../image/store.ts");
  const { recipeId } = await import("../../image/recipe.ts");
  const { formatTable } = await import("../../format/table.ts");
  const { allTemplates } = await import("../../image/inventory.ts");
  const stateDir = context.loaded.config.STATE_DIR;
  const images = await listImages(context.host, stateDir);
  const templates = await allTemplates(context.host, stateDir, images);
  const snapshots = await snapshotsByImage(context);
  if (options.json) {
    printJson(
      images.map((image) => ({
        ...image,
        snapshots: snapshots.get(image.id) ?? [],
        templates: templates
          .filter((template) => template.image === image.id)
          .map(({ manifest: { key, cards, memoryMiB, madeAt }, diskMiB }) => ({
            key,
            cards,
            memoryMiB,
            diskMiB,
            madeAt,
          })),
      })),
    );
    return;
  }
  const wanted = recipeId(await wantedRecipe(context));
  const rows = images.map(({ id, recipe, files, versions, builtAt }) => [
    id,
    recipe.release,
    versions.find((line) => line.startsWith("kernel "))?.slice(7) ?? "",
    versions.find((line) => line.startsWith("frr "))?.slice(4) ?? "",
    Math.round(Object.values(files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1024 / 1024),
    builtAt.slice(0, 16).replace("T", " "),
    id === wanted ? "yes" : "",
    (snapshots.get(id) ?? []).join(", "),
  ]);
  print(formatTable(["IMAGE", "DEBIAN", "KERNEL", "FRR", "MIB", "BUILT", "USED BY UP", "SNAPSHOTS"], rows));
  if (templates.length > 0) {
    const lines = templates.map(({ image, manifest, diskMiB }) => [
      manifest.key,
      image,
      manifest.cards,
      manifest.memoryMiB,
      diskMiB,
      manifest.madeAt.slice(0, 16).replace("T", " "),
    ]);
    print(`\n${formatTable(["TEMPLATE", "OF IMAGE", "CARDS", "MEMORY MIB", "ON DISK MIB", "MADE"], lines)}`);
  }
}

async function pruneUnused(options: GlobalOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, loaded } = context;
  const { STATE_DIR: stateDir, RUN_DIR: runDir } = loaded.config;
  const { imagesInUse, prune } = await import("../../image/inventory.ts");
  const { recipeId } = await import("../../image/recipe.ts");
  const wanted = recipeId(await wantedRecipe(context));
  const removed = await prune(host, stateDir, {
    images: new Set([
      wanted,
      ...(await imagesInUse(host, runDir, stateDir)),
      ...(await snapshotsByImage(context)).keys(),
    ]),
    templates: new Set(await templatesInUse(context, wanted)),
  });
  if (options.json) {
    printJson({ removed });
  } else {
    print(removed.length === 0 ? "Everything is in use." : `Removed: ${removed.join(", ")}.`);
  }
}

/** Names of the snapshots that were saved from each image, without which they can't be restored. */
async function snapshotsByImage({ host, loaded }: Context): Promise<ReadonlyMap<string, readonly string[]>> {
  const { listSnapshots } = await import("../../backends/qemu/snapshot/store.ts");
  const names = new Map<string, readonly string[]>();
  for (const { name, image } of await listSnapshots(host, loaded.config.STATE_DIR)) {
    names.set(image.id, [...(names.get(image.id) ?? []), name]);
  }
  return names;
}

/** Keys of the templates that `up` would clone from. */
async function templatesInUse({ host, loaded, fabric }: Context, image: string): Promise<Iterable<string>> {
  const { bootFiles, findImage } = await import("../../image/store.ts");
  const { chooseAccelerator } = await import("../../backends/qemu/accel.ts");
  const { wantedTemplates } = await import("../../backends/qemu/template/provide.ts");
  const { findEmulatorUser } = await import("../../backends/qemu/user.ts");
  const { findArchitecture, findQemu } = await import("../../backends/qemu/preflight.ts");
  const { config } = loaded;
  const manifest = await findImage(host, config.STATE_DIR, image);
  if (manifest === undefined || config.BOOT === "cold") {
    return [];
  }
  const architecture = await findArchitecture(host);
  const qemuVersion = await findQemu(host, architecture);
  const user = await findEmulatorUser(host, config.EMULATOR_USER);
  const found = { architecture, qemuVersion, user, stateDir: config.STATE_DIR, wanted: config.ACCEL };
  const { accelerator } = await chooseAccelerator(host, found);
  const boot = bootFiles(config.STATE_DIR, manifest);
  const settings = { architecture, accelerator, qemuVersion, boot, user };
  const wanted = await wantedTemplates(host, fabric.nodes, settings);
  return wanted.keys();
}

async function verify(options: GlobalOptions): Promise<void> {
  const { host, loaded } = await loadContext(options);
  const { listImages, verifyImage } = await import("../../image/store.ts");
  const images = await listImages(host, loaded.config.STATE_DIR);
  const results = await Promise.all(
    images.map(async (image) => ({
      id: image.id,
      damaged: await verifyImage(host, loaded.config.STATE_DIR, image),
    })),
  );
  if (options.json) {
    printJson(results);
  } else {
    print(
      results
        .map(({ id, damaged }) =>
          damaged.length === 0
            ? `${id}: whole`
            : `${id}: damaged (${damaged.join(", ")}); \`ikvswitch image build --force\` makes it anew`,
        )
        .join("\n"),
    );
  }
  process.exitCode = results.every(({ damaged }) => damaged.length === 0) ? 0 : 4;
}

async function remove(options: RemoveOptions): Promise<void> {
  const context = await loadContext(options);
  const { host, loaded } = context;
  const { removeStored } = await import("../../image/inventory.ts");
  const snapshots = await snapshotsByImage(context);
  for (const id of options.ids) {
    await removeStored(host, loaded.config.STATE_DIR, id);
    const useless = snapshots.get(id) ?? [];
    if (useless.length > 0) {
      warn(`snapshots of ${id} can't be restored without it: ${useless.join(", ")}`);
    }
  }
  if (options.json) {
    printJson({ removed: options.ids });
  } else {
    print(`Removed: ${options.ids.join(", ")}.`);
  }
}
