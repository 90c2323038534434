import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";
import { identify, isRunning, processFacts, signalProcess } from "../../src/system/process-identity.ts";
import { recordedProcess, recordProcess } from "../../src/system/process-record.ts";
import { isTrusted } from "../../src/system/processes.ts";

const host = localHost();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
});

afterAll(() => host.remove(folder));

it("a process's identity is constant while it runs, and invalid once it has ended, even as a zombie", async () => {
  // The name contains separators of the fields in /proc/PID/stat. The parent does not collect the process.
  const script = `cp /bin/sleep "${folder}/a) S 1"; "${folder}/a) S 1" 60 & echo $!; exec sleep 60`;
  const parent = execa("sh", ["-c", script], { reject: false, buffer: false });
  const [output] = await once(parent.stdout, "data");
  const pid = Number(String(output));
  const process = await identify(host, pid);
  expect(process).toMatchObject({ pid, startTicks: expect.any(Number) });
  if (process !== undefined) {
    expect(await isRunning(host, process)).toBe(true);
    expect(await isRunning(host, { ...process, startTicks: process.startTicks - 1 })).toBe(false);
    expect(await signalProcess(host, { ...process, startTicks: 1 }, "SIGKILL")).toBe(false);
    expect(await signalProcess(host, process, "SIGKILL")).toBe(true);
    await expect.poll(() => isRunning(host, process)).toBe(false);
  }
  expect(await host.stat(`/proc/${pid}`)).toBeDefined();
  parent.kill("SIGKILL");
  await parent;
});

it("a process's identity can be stored and read, unless the process has ended or the file is invalid", async () => {
  const path = `${folder}/process`;
  expect(await recordedProcess(host, path)).toBeUndefined();
  await recordProcess(host, path, process.pid);
  expect(await recordedProcess(host, path)).toEqual(await identify(host, process.pid));
  for (const text of ["", "x y\n", "-1 5\n", `${process.pid}\n`, `${process.pid} 1\n`]) {
    await host.writeFile(path, text);
    expect(await recordedProcess(host, path)).toBeUndefined();
  }
});

it("the owner of a process is reported", async () => {
  const facts = await processFacts(host, process.pid);
  expect(facts).toMatchObject({ uid: process.getuid?.(), gid: process.getgid?.() });
  expect(await processFacts(host, 2 ** 22 + 1)).toBeUndefined();
});

it("processes of root and the emulator's user are trusted; if that user is unknown, all but those of ordinary users", () => {
  const facts = { pid: 1, startTicks: 1, uid: 990, gid: 991 };
  expect(isTrusted({ ...facts, uid: 0, gid: 0 }, 991)).toBe(true);
  expect(isTrusted(facts, 991)).toBe(true);
  expect(isTrusted({ ...facts, gid: 992 }, 991)).toBe(false);
  expect(isTrusted(facts, undefined)).toBe(true);
  expect(isTrusted({ ...facts, uid: 1000 }, undefined)).toBe(false);
});
