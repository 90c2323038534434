import { mkdtemp, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepLeases, restoreLeases } from "../../../src/backends/netns/leases.ts";
import { type NetnsFolder, netnsFolder } from "../../../src/backends/netns/netns-folder.ts";
import { writeRecord } from "../../../src/backends/netns/record-file.ts";
import { LEASES_BYTES } from "../../../src/nodes/leases-file.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
const user = process.getuid?.() ?? 0;

let site: string;
let folder: NetnsFolder;
let kept: string;
let warnings: string[];

beforeEach(async () => {
  site = await mkdtemp(join(tmpdir(), "ikv-netns-leases-"));
  folder = netnsFolder(`${site}/run`, "leaf1");
  kept = `${site}/state/leases/leaf1`;
  warnings = [];
  await host.makeDirectory(folder.logs, 0o700);
  await host.makeDirectory(`${site}/state`, 0o700);
  await recordLeases(kept);
});

afterEach(() => host.remove(site));

const recordLeases = (leases: string | undefined) =>
  writeRecord(host, folder, {
    ...{ version: 2, node: "leaf1", network: "1", ports: [], program: "aa", vlans: true, user },
    limits: { memoryMiB: 256, vcpus: 1, tasks: 1024 },
    ...{ library: "/opt", cgroups: [] },
    ...(leases === undefined ? {} : { leases }),
  });
const start = () => restoreLeases(host, folder, { leases: kept, user });
const end = () => keepLeases(host, folder, (text) => warnings.push(text));

describe("the DHCP leases of a netns", () => {
  it("are in an empty file at first, which only the netns can use", async () => {
    await start();
    const { size, mode, uid } = await stat(folder.leases);
    expect({ size, mode: mode & 0o777, uid }).toEqual({ size: 0, mode: 0o600, uid: user });
  });

  it("are the same after its end, a start, `down` and `up`", async () => {
    await start();
    await host.writeFile(folder.leases, "leases");
    await start();
    expect(await host.readFile(folder.leases)).toBe("leases");
    await end();
    expect(await host.readFile(kept)).toBe("leases");
    expect((await stat(`${site}/state/leases`)).mode & 0o777).toBe(0o710);
    await host.remove(folder.leases);
    await start();
    expect(await host.readFile(folder.leases)).toBe("leases");
    expect((await stat(folder.leases)).mode & 0o777).toBe(0o600);
  });

  it("are copied with holes", async () => {
    await start();
    await truncate(folder.leases, LEASES_BYTES);
    await end();
    const { size, blocks } = await stat(kept);
    expect([size, blocks]).toEqual([LEASES_BYTES, 0]);
  });

  it("are neither copied nor used if the netns or an emulator made the file too large", async () => {
    await host.writeFile(kept, "leases");
    await host.writeFile(folder.leases, "");
    await truncate(folder.leases, LEASES_BYTES + 1);
    await end();
    expect(await host.readFile(kept)).toBe("leases");
    await host.remove(folder.leases);
    await truncate(kept, LEASES_BYTES + 1);
    await start();
    expect(await host.readFile(folder.leases)).toBe("");
  });

  it("cause only a warning if they can't be kept", async () => {
    await recordLeases(`${site}/run/logs/leaf1/log/leases`);
    await host.writeFile(folder.log, "");
    await start();
    await end();
    expect(warnings).toEqual([
      expect.stringMatching(/^cannot keep the DHCP leases of leaf1 in \S+\/log\/leases: mkdir: /),
    ]);
  });

  it("have no file if the switch serves no DHCP, or was started by an earlier version", async () => {
    await recordLeases(undefined);
    await restoreLeases(host, folder, { user });
    await end();
    expect(await host.list(folder.logs)).toEqual([]);
    expect([await host.list(`${site}/state`), warnings]).toEqual([[], []]);
  });

  it("are not missed by a netns for which there is no space", async () => {
    await host.remove(folder.logs);
    await host.writeFile(folder.logs, "no folder");
    await start();
    expect(await host.readFile(folder.logs)).toBe("no folder");
  });
});
