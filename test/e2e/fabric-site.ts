import { execa } from "execa";
import { createSite, type Output, projectPath, type Site, type Started } from "../integration/namespace.ts";

/**
 * Where the tests' fabrics keep their state: an image takes a minute to build, so it stays between runs. It is
 * neither /var/lib nor /run, which every test host has as its own.
 */
export const STATE_DIR = "/var/cache/ikvswitch-test";

/** Not the shipped password: with that, VNC and BMCs keep to loopback. */
export const PASSWORD = "rack-n-roll";

export interface FabricSite extends Site {
  /** Run `ikvswitch` on the test's host; a failure is an error unless its exit code is expected. */
  ikvswitch(words: readonly string[], exitCodes?: readonly number[]): Promise<Output>;
  /** Start it and leave it to the caller to wait for it or to end it. */
  start(words: readonly string[]): Started;
  /** The same as `ikvswitch`, with what it prints as JSON. */
  json(words: readonly string[], exitCodes?: readonly number[]): Promise<unknown>;
}

const settings = (sets: readonly string[]) => [
  ...["--config", projectPath("etc/ikvswitch.conf")],
  ...[`STATE_DIR=${STATE_DIR}`, `VM_ROOT_PASS=${PASSWORD}`, ...sets].flatMap((set) => ["--set", set]),
];

/** The image is built outside: the Debian mirror is the one thing that can't be had in a network of our own. */
export async function buildImage(): Promise<void> {
  await execa(projectPath("bin/ikvswitch"), ["image", "build", ...settings([])], { stdio: "inherit" });
}

/** @param sets `KEY=VALUE` besides those that all tests have. */
export async function createFabricSite(sets: readonly string[] = []): Promise<FabricSite> {
  const site = await createSite();
  const run = (words: readonly string[], exitCodes: readonly number[] = [0]) =>
    site.host.run(projectPath("bin/ikvswitch"), [...settings(sets), ...words], { exitCodes });
  return {
    ...site,
    ikvswitch: run,
    start: (words) => site.host.start(projectPath("bin/ikvswitch"), [...settings(sets), ...words]),
    json: async (words, exitCodes) => JSON.parse((await run(["--json", ...words], exitCodes)).stdout),
  };
}

/** The switches' image, from which the tests' servers boot, too. */
export async function imageFiles(site: FabricSite) {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  return { kernel: `${folder}/vmlinux`, initrd: `${folder}/initrd.cpio`, root: `${folder}/root.erofs` };
}
