import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stopAllSwitches } from "../../src/backends/down.ts";
import { BACKENDS } from "../../src/backends/index.ts";
import { consoleTail, panicReport } from "../../src/backends/qemu/console-log.ts";
import { emptyLogs } from "../../src/backends/qemu/logs.ts";
import { powerOn, powerState } from "../../src/backends/qemu/machine.ts";
import { qemuMachines } from "../../src/backends/qemu/machines.ts";
import { type NodeFolder, nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { logFolder, removeLogs } from "../../src/nodes/log-folder.ts";
import { withQmp } from "../../src/qemu/qmp.ts";
import type { Host } from "../../src/system/host.ts";
import { setUmask } from "../../src/system/umask.ts";
import { bootSectorNodes, NOBODY, removeNodes } from "./boot-sector-machine.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

/*
 * The emulator's user may write to a VM's `run` folder. Files that it puts there in place of the VM's own files must
 * neither block nor mislead root. One VM serves all cases.
 */

let namespace: NamespacedHost;
let host: Host;
let runDir: string;
let paths: NodeFolder;

beforeEach(async () => {
  namespace = await namespacedHost();
  host = namespace.host;
  runDir = await bootSectorNodes(host, { leaf1: "stubborn" });
  paths = nodeFolder(runDir, "leaf1");
});

afterEach(async () => {
  await removeNodes(host, runDir);
  await namespace.close();
});

/** Runs a shell script as the emulator's user in the `run` folder. */
async function asUser(script: string): Promise<void> {
  await host.run({
    file: "setpriv",
    args: [
      ...[`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, "--clear-groups", "--"],
      ...["sh", "-ec", `cd "$1"\n${script}`, "sh", paths.run],
    ],
  });
}

const SECRET = "root alone may read this";

it("files that the emulator's user puts in place of a VM's files neither block nor mislead root", async () => {
  const secret = `${runDir}/secret`;
  await host.writeFile(secret, SECRET, 0o600);
  const machines = qemuMachines(host, runDir);
  // The caller's umask may be too open or too strict.
  const umask = process.umask(0o000);
  setUmask();
  await powerOn(host, nodeFolder(runDir, "leaf1"));
  process.umask(umask);
  const pid = await readFile(paths.pid, "utf8");
  expect(await readFile(`/proc/${pid.trim()}/status`, "utf8")).toMatch(/^Umask:\t0022$/m);
  const modes = await host.run({
    file: "find",
    args: [runDir, "-perm", "/022", "!", "-type", "s", "!", "-type", "l"],
  });
  expect(modes.stdout).toBe("");

  // QEMU follows the link to a file that its user may write to but not replace. It appends, so root may truncate it.
  const files = await host.run({ file: "ls", args: ["-l", `/proc/${pid.trim()}/fd`] });
  const descriptor = new RegExp(` (\\d+) -> ${paths.console}$`, "m").exec(files.stdout)?.[1];
  expect(await readFile(`/proc/${pid.trim()}/fdinfo/${descriptor}`, "utf8")).toMatch(/^flags:\t[0-7]*2001$/m);
  await asUser(`echo shown >>${paths.console}`);
  expect(await machines.log("leaf1")).toBe("shown\n");
  await expect(asUser(`rm -f ${paths.console}`)).rejects.toThrow("Permission denied");
  await expect(asUser(`ln -s ${secret} ${paths.logs}/console.log.1`)).rejects.toThrow("Permission denied");

  // Earlier versions had the file itself in the user's folder.
  await host.remove(paths.console);
  const traps = {
    "a FIFO, not a regular file": "mkfifo console.log",
    "a symbolic link": `ln -s ${secret} console.log`,
    "a folder, not a regular file": "mkdir console.log",
    "a device, not a regular file|a socket": `ln -s /dev/zero zero; perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => "console.log", Listen => 1)'`,
  };
  for (const [reason, trap] of Object.entries(traps)) {
    await asUser(`rm -rf console.log; ${trap}`);
    await expect(machines.log("leaf1")).rejects.toThrow(new RegExp(`console.log: (${reason})`));
    expect(await panicReport(host, paths)).toBeNull();
    expect(await consoleTail(host, paths)).not.toContain(SECRET);
  }

  await asUser("rm -rf console.log; mkfifo console.log; mkdir -p console.log.1/folder");
  await emptyLogs(host, NOBODY, [paths]);
  expect(await machines.log("leaf1")).toBe("");

  await asUser(`mv qmp.sock elsewhere; ln -s elsewhere qmp.sock`);
  const asked = withQmp(host, { socket: paths.qmp, timeoutMs: 5_000 }, (qmp) => qmp.execute("query-status"));
  await expect(asked).rejects.toMatchObject({
    cause: { message: expect.stringContaining("a symbolic link") },
  });

  // Root's record of the process counts; if it is lost, the user's files do not replace it.
  await asUser("rm qemu.pid; mkfifo qemu.pid");
  expect(await powerState(host, nodeFolder(runDir, "leaf1"))).toMatchObject({
    power: "on",
    pid: Number(pid),
  });
  await host.rename(paths.process, `${paths.process}.kept`);
  expect(await powerState(host, nodeFolder(runDir, "leaf1"))).toEqual({ power: "off" });
  await host.rename(`${paths.process}.kept`, paths.process);

  await asUser(`ln -s ${runDir}/kept link; ln -s ${secret} file`);
  await host.writeFile(`${runDir}/kept/file`, "");
  await stopAllSwitches(host, runDir, { backends: BACKENDS, graceMs: 0, onWarning: () => {} });
  expect(await host.list(logFolder(runDir))).toEqual([]);
  await removeLogs(host, runDir);
  expect(await host.list(runDir)).toEqual(["kept", "secret"]);
  expect(await host.list(`${runDir}/kept`)).toEqual(["file"]);
});
