import { readdir } from "node:fs/promises";
import { execa } from "execa";
import { createSite, type Output, projectPath, type Site, type Started } from "../integration/namespace.ts";

/**
 * State directory of the tests' fabrics. Every site mounts its own, which is gone with the site. Only the images in it
 * are shared with the machine and all runs, since one takes a minute to build. The directory is neither below /var/lib
 * nor /run, which must be unchanged after a `down`.
 */
export const STATE_DIR = "/var/cache/ikvswitch-test";

/** Not the shipped password, with which VNC listens on loopback only. */
export const PASSWORD = "rack-n-roll";
export const BMC_PASSWORD = "power-n-roll";

/** Every `up` starts the switches, except in tests of warm fabrics. */
const OWN_STARTS = ["WARM_FABRIC_MAX_MIB=0"];

export interface FabricSite extends Site {
  /** Runs `ikvswitch` on the test's host; a failure is an error unless its exit code is expected. */
  ikvswitch(words: readonly string[], exitCodes?: readonly number[]): Promise<Output>;
  /** Starts `ikvswitch`. The caller waits for it or ends it. */
  start(words: readonly string[]): Started;
  /** Runs `ikvswitch --json` and returns the parsed output. */
  json(words: readonly string[], exitCodes?: readonly number[]): Promise<unknown>;
  /** Runs a program in a switch with `exec`, and returns its output. */
  inside(node: string, ...words: readonly string[]): Promise<string>;
  /** Returns the pids of running switches, by name. */
  pids(): Promise<Readonly<Record<string, number>>>;
  /** Takes the fabric down, however far it came up, and ends the site. */
  close(): Promise<void>;
}

const settings = (sets: readonly string[]) => [
  ...["--config", projectPath("etc/ikvswitch.conf")],
  ...[
    `STATE_DIR=${STATE_DIR}`,
    `VM_ROOT_PASS=${PASSWORD}`,
    `BMC_PASSWORD=${BMC_PASSWORD}`,
    ...OWN_STARTS,
    ...sets,
  ].flatMap((set) => ["--set", set]),
];

/** Runs ikvswitch with umask 000, to prove that file modes do not depend on the caller's umask. */
const CARELESS = ["-c", 'umask 000; exec "$0" "$@"', projectPath("bin/ikvswitch")];

/** Lists all that any user may write to on that host, in ikvswitch's folders. */
export async function openToAll({ host }: Site): Promise<string> {
  // Run as a user without rights. Exit code 1: some folders are not accessible.
  const find = ["find", "/run", "/var/lib", STATE_DIR, "(", "-type", "l", "-o", "-writable", "-print", ")"];
  const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];
  return (await host.run("setpriv", [...nobody, ...find], { exitCodes: [0, 1] })).stdout;
}

/** Builds the image outside of the site's network, since it needs the Debian mirror. */
export async function buildImage(): Promise<void> {
  const before = await aptLists();
  await execa(projectPath("bin/ikvswitch"), ["image", "build", ...settings([])], { stdio: "inherit" });
  const after = await aptLists();
  if (after !== before) {
    throw new Error(`the build changed the host's package lists from\n${before}\nto\n${after}`);
  }
}

async function aptLists(): Promise<string> {
  return (await readdir("/var/lib/apt/lists")).sort().join("\n");
}

/** @param sets `KEY=VALUE` besides the settings of all tests. */
export async function createFabricSite(sets: readonly string[] = []): Promise<FabricSite> {
  const site = await createSite();
  await ownState(site);
  const run = (words: readonly string[], exitCodes: readonly number[] = [0]) =>
    site.host.run("sh", [...CARELESS, ...settings(sets), ...words], { exitCodes });
  const json = async (words: readonly string[], exitCodes?: readonly number[]) =>
    JSON.parse((await run(["--json", ...words], exitCodes)).stdout);
  return {
    ...site,
    ikvswitch: run,
    start: (words) => site.host.start("sh", [...CARELESS, ...settings(sets), ...words]),
    json,
    inside: async (node, ...words) => (await run(["exec", node, ...words])).stdout,
    pids: async () => {
      const { switches } = (await json(["status"], [0, 4])) as {
        readonly switches: readonly { readonly name: string; readonly pid: number | null }[];
      };
      return Object.fromEntries(switches.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]])));
    },
    close: async () => {
      try {
        await run(["down"]);
      } finally {
        await site.close();
      }
    },
  };
}

/** Mounts a state directory that is empty except for the images. */
async function ownState({ host }: Site): Promise<void> {
  await host.shell(`
    for folder in images containers; do
      mkdir -p ${STATE_DIR}/$folder /run/$folder
      mount --bind ${STATE_DIR}/$folder /run/$folder
    done
    mount -t tmpfs -o mode=0700 tmpfs ${STATE_DIR}
    for folder in images containers; do
      mkdir ${STATE_DIR}/$folder
      mount --move /run/$folder ${STATE_DIR}/$folder
      rmdir /run/$folder
    done`);
}

/** Returns the path of a test host's file for programs that run outside of that host. */
export function pathFromOutside({ host }: Site, path: string): string {
  return `/proc/${host.pid}/root${path}`;
}

/** Returns the files of the switches' image, from which the tests' servers boot, too. */
export async function imageFiles(site: FabricSite) {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  return { kernel: `${folder}/vmlinux`, initrd: `${folder}/initrd.cpio`, root: `${folder}/root.erofs` };
}
