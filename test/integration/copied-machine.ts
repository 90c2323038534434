import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { execa } from "execa";
import { projectPath } from "./namespace.ts";

export interface CopiedMachine {
  /** Runs a shell script in the project's folder there. Returns the output of both streams. */
  shell(script: string): Promise<{ readonly exitCode: number | undefined; readonly output: string }>;
  close(): Promise<void>;
}

/**
 * Makes a copy of this machine's files that tests may change: an overlay of its root and of the project's folder, which
 * is gone with its mount namespace. Programs there run on this machine's kernel.
 * @param network true if programs there can use this machine's network
 */
export async function copyMachine(network: boolean): Promise<CopiedMachine> {
  const folder = await mkdtemp(`${tmpdir()}/ikvswitch-copy-`);
  const project = projectPath(".").replace(/\/$/, "");
  const setUp = `
    mount -t tmpfs tmpfs ${folder}
    mkdir ${folder}/root ${folder}/project
    overlay() {
      mkdir ${folder}/$3-changes ${folder}/$3-work
      mount -t overlay overlay -o lowerdir="$1",upperdir=${folder}/$3-changes,workdir=${folder}/$3-work "$2"
    }
    overlay / ${folder}/root root
    for name in proc sys dev; do mount --rbind /$name ${folder}/root/$name; done
    for name in run tmp var/lib/ikvswitch; do
      mkdir -p ${folder}/root/$name
      mount -t tmpfs tmpfs ${folder}/root/$name
    done
    mkdir -p ${folder}/root${project}
    overlay ${project} ${folder}/root${project} project
    touch ${folder}/root${project}/node_modules/.package-lock.json ${folder}/root${project}/dist/.built
    echo ready
    exec sleep infinity`;
  const unshare = ["--mount", "--propagation", "private", ...(network ? [] : ["--net"])];
  const holder = execa("setpriv", ["--pdeathsig", "KILL", "unshare", ...unshare, "sh", "-ec", setUp], {
    reject: false,
    buffer: false,
    stdin: "ignore",
  });
  const [said] = await Promise.race([once(holder.stdout, "data"), holder.then(() => [""])]);
  if (!String(said).includes("ready")) {
    throw new Error("this machine's files could not be overlaid");
  }
  const enter = ["--target", String(holder.pid), "--mount", "--net", "--"];
  return {
    shell: async (script) => {
      const inside = ["chroot", `${folder}/root`, "sh", "-c", `cd ${project} && ${script}`];
      const { exitCode, all } = await execa("nsenter", [...enter, ...inside], { reject: false, all: true });
      return { exitCode, output: all };
    },
    close: async () => {
      holder.kill("SIGKILL");
      await holder;
      await execa("rmdir", [folder]);
    },
  };
}
