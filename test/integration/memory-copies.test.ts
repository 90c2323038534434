import { afterEach, beforeEach, expect, it } from "vitest";
import { readLaunch } from "../../src/backends/qemu/launch-file.ts";
import { powerState, startMachine } from "../../src/backends/qemu/machine.ts";
import { type MemoryCopies, memoryCopies } from "../../src/backends/qemu/memory-copies.ts";
import { type MemorySource, memorySource, sourceOptions } from "../../src/backends/qemu/memory-source.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { findQemu } from "../../src/qemu/requirements.ts";
import { findArchitecture } from "../../src/system/architecture.ts";
import type { Host } from "../../src/system/host.ts";
import { bootSectorNodes, NOBODY, removeNodes } from "./boot-sector-machine.ts";
import { type NamespacedHost, namespacedHost } from "./namespaced-host.ts";

let namespace: NamespacedHost;
let host: Host;
let runDir: string;

beforeEach(async () => {
  namespace = await namespacedHost();
  host = namespace.host;
  runDir = await bootSectorNodes(host, { leaf1: "stubborn", leaf2: "stubborn" });
});

afterEach(async () => {
  await removeNodes(host, runDir);
  await namespace.close();
});

const sha256 = async (path: string) =>
  (await host.run({ file: "sha256sum", args: [path] })).stdout.split(" ")[0] ?? "";

/** Starts a VM whose memory is a private copy of the source. Returns its pid. */
async function start(node: string, source: MemorySource, copies: MemoryCopies): Promise<number> {
  const paths = nodeFolder(runDir, node);
  const launch = await readLaunch(host, paths);
  if (launch === undefined) {
    throw new Error(`${node} has no launch`);
  }
  const backend = `memory-backend-file,id=ram,size=16M,${sourceOptions(source)}`;
  const args = launch.command.args.map((word) => (word === "q35" ? "q35,memory-backend=ram" : word));
  const command = { ...launch.command, args: [...args, "-object", backend] };
  await startMachine(host, paths, { ...launch, command }, await copies.of(source));
  const state = await powerState(host, nodeFolder(runDir, node));
  return state.power === "on" ? state.pid : Promise.reject(new Error(`${node} is off`));
}

/** Tries to write through the memory's path, and through every file of the process that is the memory. */
const ATTACK = `
  for path in "$1" /proc/$2/fd/*; do
    case $path in /proc/*) case $(readlink "$path") in *memory*) ;; *) continue ;; esac ;; esac
    echo "tried"
    { printf altered 1<>"$path"; } 2>/dev/null && echo "written by $path"
  done
  true`;

it("VMs share a memory that neither they nor other processes of their user can change", async () => {
  const file = `${runDir}/memory`;
  await host.writeFile(file, Buffer.alloc(16 * 1024 * 1024, "template"), 0o640);
  await host.run({ file: "chgrp", args: [String(NOBODY.gid), file] });
  const before = await sha256(file);
  const source = memorySource(file, await findQemu(host, await findArchitecture(host)));
  const copies = memoryCopies(host);
  const first = await start("leaf1", source, copies);
  const second = await start("leaf2", source, copies);
  await copies.end();

  const user = [`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, "--clear-groups", "--"];
  for (const pid of [first, second]) {
    const attack = ["sh", "-c", ATTACK, "sh", file, String(pid)];
    const tried = (await host.run({ file: "setpriv", args: [...user, ...attack] })).stdout;
    expect(tried).toMatch(/^(tried\n)+$/);
    // The emulator has the memory open, and an attacker could make it write there.
    expect(tried.length).toBeGreaterThan("tried\n".length);
  }
  // Firmware and boot sector have written to their memories by now.
  expect(await sha256(file)).toBe(before);
  if (!source.mapped) {
    expect(await sha256(`/proc/${second}/fd/9`)).toBe(before);
    const places = [first, second].map((pid) => `/proc/${pid}/fd/9`);
    const inodes = (await host.run({ file: "stat", args: ["-L", "-c", "%d %i", ...places] })).stdout;
    expect(new Set(inodes.trim().split("\n")).size).toBe(1);
  }
});

it("a copy that can't be made is an error that names the file", async () => {
  const source = { file: `${runDir}/none`, mapped: false };
  const copies = memoryCopies(host);
  await expect(copies.of(source)).rejects.toThrow(`${runDir}/none: No such file`);
  await copies.end();
});
