import { chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { confined } from "../../src/system/confine.ts";
import { findEmulatorUser } from "../../src/system/emulator-user.ts";
import { localHost } from "../../src/system/local-host.ts";
import { projectPath } from "../integration/namespace.ts";
import { writeNodeDisk, writeProjectDisk } from "./disks.ts";
import { provideLabImage } from "./image.ts";
import type { LabResult, LabRun } from "./lab-run.ts";

const MEMORY_MIB = 2048;

/**
 * Runs a lab on Debian's kernel as a plain process (user-mode Linux), with Debian 13's programs from the switches'
 * image. It needs neither KVM nor an emulator, and is several times faster than an emulated machine. It runs as the
 * emulator's user, in a network namespace without devices. It can read the files of the host that this user may read,
 * and writes only to its own folder.
 */
export async function runInUserModeLinux({ command, timeoutMs, onLine }: LabRun): Promise<LabResult> {
  const image = await provideLabImage();
  const user = await findEmulatorUser(localHost(), "ikvswitch");
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-lab-"));
  try {
    await mkdir(`${folder}/host`);
    await mkdir(`${folder}/memory`);
    await copyFile(projectPath("test/kernel-lab/guest/init-user-mode-linux"), `${folder}/init`);
    await writeProjectDisk(`${folder}/project.erofs`);
    await writeNodeDisk(`${folder}/node.cpio`, "user-mode-linux", command);
    await execa("gcc", [
      ...["-O2", "-shared", "-fPIC", "-o", `${folder}/whole-xstate.so`],
      projectPath("test/kernel-lab/whole-xstate.c"),
    ]);
    await Promise.all([folder, `${folder}/host`].map((path) => chown(path, user.uid, user.gid)));
    const kernel = confined({ file: "linux.uml", args: kernelArguments(folder, image.root) }, user, {
      kvm: false,
    });
    const machine = execa("unshare", isolated(folder, [kernel.file, ...kernel.args]), {
      timeout: timeoutMs,
      all: true,
      reject: false,
      stdin: "ignore",
    });
    const console: string[] = [];
    for await (const line of machine.iterable({ from: "all" })) {
      const text = line.trimEnd();
      console.push(text);
      onLine(text);
    }
    const { timedOut, exitCode } = await machine;
    const result = await readResult(`${folder}/host`);
    if (timedOut || result === null) {
      const why = timedOut ? `exceeded its ${timeoutMs / 1000} s` : `ended with ${exitCode} and no result`;
      throw new Error(`the lab ${why}; its console:\n${console.join("\n")}`);
    }
    return result;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Isolates the command, with its own tmpfs: the kernel maps its memory file executable, so noexec must be off. */
function isolated(folder: string, command: readonly string[]): string[] {
  const script = `mount -t tmpfs -o mode=1777,size=${MEMORY_MIB + 64}m tmpfs "$TMPDIR" && exec "$@"`;
  return [
    ...["--net", "--mount", "--propagation", "private", "env", `TMPDIR=${folder}/memory`, `HOME=${folder}`],
    ...["sh", "-c", script, "sh", "env", `LD_PRELOAD=${folder}/whole-xstate.so`, ...command],
  ];
}

function kernelArguments(folder: string, root: string): string[] {
  return [
    // "r": read-only.
    ...[`ubd0r=${root}`, `ubd1r=${folder}/project.erofs`, `ubd2r=${folder}/node.cpio`],
    ...["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", `init=${folder}/init`],
    ...[
      `mem=${MEMORY_MIB}M`,
      `uml_dir=${folder}/`,
      "con=null",
      "con0=null,fd:1",
      "ssl=null",
      "quiet",
      "panic=-1",
    ],
    // Passed to init as an environment variable.
    `LAB_FOLDER=${folder}`,
  ];
}

async function readResult(folder: string): Promise<LabResult | null> {
  const names = await readdir(folder);
  if (!names.includes("status")) {
    return null;
  }
  const files = await Promise.all(
    (await readdir(`${folder}/results`)).map(
      async (name) => [name, await readFile(`${folder}/results/${name}`, "utf8")] as const,
    ),
  );
  return { exitCode: Number(await readFile(`${folder}/status`, "utf8")), files: new Map(files) };
}
