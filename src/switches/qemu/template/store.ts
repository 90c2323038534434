import type { Host } from "../../../system/host.ts";
import type { TemplateFacts } from "./key.ts";

/** What is in a template's folder, written last: a folder without it is no template. */
export interface TemplateManifest {
  readonly version: 1;
  readonly key: string;
  readonly facts: TemplateFacts;
  /** Cards that its machine has. */
  readonly cards: number;
  readonly memoryMiB: number;
  readonly files: Readonly<Record<TemplateFile, { readonly sha256: string; readonly stamp: string }>>;
  /** ISO 8601. */
  readonly madeAt: string;
}

export const TEMPLATE_FILES = ["memory", "state"] as const;
export type TemplateFile = (typeof TEMPLATE_FILES)[number];

/** Templates lie beside the image that they were booted from, and go with it. */
export function templatesFolder(imageFolder: string): string {
  return `${imageFolder}/templates`;
}

export function templateFolder(imageFolder: string, key: string): string {
  return `${templatesFolder(imageFolder)}/${key}`;
}

/** All complete templates of an image. */
export async function listTemplates(host: Host, imageFolder: string): Promise<readonly TemplateManifest[]> {
  const names = (await host.list(templatesFolder(imageFolder))).filter((name) => !name.startsWith("."));
  const found = await Promise.all(names.map((key) => readManifest(host, templateFolder(imageFolder, key))));
  return found.filter((manifest) => manifest !== undefined);
}

/** `none`, or why it can't be used. */
export type FoundTemplate =
  | { readonly kind: "whole"; readonly folder: string }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly reason: string };

/**
 * Look for a template and whether its files are what was written. Reading them takes a second, so they are only read
 * when their times tell that somebody else may have written to them: the emulators must be allowed to, since QEMU
 * before 8.2 can't map a file privately that it may only read. They can't set the times back: the files are root's.
 */
export async function findTemplate(host: Host, imageFolder: string, key: string): Promise<FoundTemplate> {
  const folder = templateFolder(imageFolder, key);
  const manifest = await readManifest(host, folder);
  if (manifest === undefined) {
    return { kind: "none" };
  }
  const stamps = await fileStamps(host, folder);
  if (stamps === undefined) {
    return { kind: "damaged", reason: "a file of it is missing" };
  }
  if (TEMPLATE_FILES.every((name) => stamps[name] === manifest.files[name].stamp)) {
    return { kind: "whole", folder };
  }
  const sums = await checksums(host, folder);
  const altered = TEMPLATE_FILES.filter((name) => sums[name] !== manifest.files[name].sha256);
  if (altered.length > 0) {
    return { kind: "damaged", reason: `${altered.join(" and ")} is not what was written` };
  }
  await writeManifest(host, folder, manifest);
  return { kind: "whole", folder };
}

/** Write the manifest with the files as they are now: from then on it is a template. */
export async function writeManifest(
  host: Host,
  folder: string,
  manifest: Omit<TemplateManifest, "files">,
): Promise<void> {
  const [sums, stamps] = await Promise.all([checksums(host, folder), fileStamps(host, folder)]);
  const describe = (name: TemplateFile) => ({ sha256: sums[name], stamp: stamps?.[name] ?? "" });
  const whole: TemplateManifest = {
    ...manifest,
    files: { memory: describe("memory"), state: describe("state") },
  };
  await host.writeFile(`${folder}/manifest.json`, `${JSON.stringify(whole, null, 2)}\n`);
}

/** What it takes on the disk: the memory's pages that are all zeros take nothing. */
export async function templateDiskMiB(host: Host, imageFolder: string, key: string): Promise<number> {
  const folder = templateFolder(imageFolder, key);
  const { stdout } = await host.run({ file: "du", args: ["-s", "--block-size=1M", folder] });
  return Number.parseInt(stdout, 10);
}

async function readManifest(host: Host, folder: string): Promise<TemplateManifest | undefined> {
  const text = await host.readFile(`${folder}/manifest.json`);
  const manifest = text === undefined ? undefined : (JSON.parse(text) as TemplateManifest);
  return manifest?.version === 1 ? manifest : undefined;
}

const paths = (folder: string) => TEMPLATE_FILES.map((name) => `${folder}/${name}`);

/** Size, inode, and when content or owner changed last, which nobody can set; undefined where a file is missing. */
async function fileStamps(host: Host, folder: string): Promise<Record<TemplateFile, string> | undefined> {
  const asked = { file: "stat", args: ["--format=%s %i %z", ...paths(folder)] };
  const { stdout, exitCode } = await host.run(asked, { okExitCodes: [1] });
  const [memory, state] = stdout.trim().split("\n");
  return exitCode !== 0 || memory === undefined || state === undefined ? undefined : { memory, state };
}

async function checksums(host: Host, folder: string): Promise<Record<TemplateFile, string>> {
  const { stdout } = await host.run({ file: "sha256sum", args: paths(folder) });
  const [memory = "", state = ""] = stdout.split("\n").map((line) => line.split(" ")[0] ?? "");
  return { memory, state };
}
