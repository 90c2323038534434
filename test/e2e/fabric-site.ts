import { execa } from "execa";
import { createSite, type Output, projectPath, type Site, type Started } from "../integration/namespace.ts";

/**
 * Where the tests' fabrics keep their state. Every site has its own, which is gone with it; only the images in it are
 * this machine's and those of all runs, since one takes a minute to build. It is neither below /var/lib nor /run,
 * which must be as before after a `down`.
 */
export const STATE_DIR = "/var/cache/ikvswitch-test";

/** Not the shipped password: with that, VNC keeps to loopback. */
export const PASSWORD = "rack-n-roll";
export const BMC_PASSWORD = "power-n-roll";

export interface FabricSite extends Site {
  /** Run `ikvswitch` on the test's host; a failure is an error unless its exit code is expected. */
  ikvswitch(words: readonly string[], exitCodes?: readonly number[]): Promise<Output>;
  /** Start it and leave it to the caller to wait for it or to end it. */
  start(words: readonly string[]): Started;
  /** The same as `ikvswitch`, with what it prints as JSON. */
  json(words: readonly string[], exitCodes?: readonly number[]): Promise<unknown>;
  /** Run a program in a switch, through its inside channel. */
  inside(node: string, ...words: readonly string[]): Promise<string>;
  /** Pids of the switches that run, by name. */
  pids(): Promise<Readonly<Record<string, number>>>;
  /** Take the fabric down, however far it came up, and end the site. */
  close(): Promise<void>;
}

const settings = (sets: readonly string[]) => [
  ...["--config", projectPath("etc/ikvswitch.conf")],
  ...[`STATE_DIR=${STATE_DIR}`, `VM_ROOT_PASS=${PASSWORD}`, `BMC_PASSWORD=${BMC_PASSWORD}`, ...sets].flatMap(
    (set) => ["--set", set],
  ),
];

/** As a user whose umask protects nothing: modes are never inherited. */
const CARELESS = ["-c", 'umask 000; exec "$0" "$@"', projectPath("bin/ikvswitch")];

/** What everybody may write to on that host, in the folders that we write to. */
export async function openToAll({ host }: Site): Promise<string> {
  // As somebody who may do nothing else; 1: some folders are closed.
  const find = ["find", "/run", "/var/lib", STATE_DIR, "(", "-type", "l", "-o", "-writable", "-print", ")"];
  const nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];
  return (await host.run("setpriv", [...nobody, ...find], { exitCodes: [0, 1] })).stdout;
}

/** The image is built outside: the Debian mirror is the one thing that can't be had in a network of our own. */
export async function buildImage(): Promise<void> {
  await execa(projectPath("bin/ikvswitch"), ["image", "build", ...settings([])], { stdio: "inherit" });
}

/** @param sets `KEY=VALUE` besides those that all tests have. */
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

/** An empty state directory, but for the images. */
async function ownState({ host }: Site): Promise<void> {
  await host.shell(`
    mkdir -p ${STATE_DIR}/images /run/images
    mount --bind ${STATE_DIR}/images /run/images
    mount -t tmpfs -o mode=0700 tmpfs ${STATE_DIR}
    mkdir ${STATE_DIR}/images
    mount --move /run/images ${STATE_DIR}/images
    rmdir /run/images`);
}

/** Where a file of a test's host is for programs that run outside of it. */
export function pathFromOutside({ host }: Site, path: string): string {
  return `/proc/${host.pid}/root${path}`;
}

/** The switches' image, from which the tests' servers boot, too. */
export async function imageFiles(site: FabricSite) {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  return { kernel: `${folder}/vmlinux`, initrd: `${folder}/initrd.cpio`, root: `${folder}/root.erofs` };
}
