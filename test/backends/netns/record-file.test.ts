import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type NetnsFolder, netnsFolder } from "../../../src/backends/netns/netns-folder.ts";
import { portLine } from "../../../src/backends/netns/netns-ports.ts";
import type { KeptRecord } from "../../../src/backends/netns/record.ts";
import { readRecord, readRecordFile, writeRecord } from "../../../src/backends/netns/record-file.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
const RECORD: KeptRecord = {
  version: 2,
  node: "leaf1",
  network: "4026531840",
  ports: [
    {
      name: "ens4",
      mac: "08:00:27:06:ac:41",
      mtu: 9000,
      hostEnd: { name: "iklt11", mac: "00:22:22:dd:ee:1a", mtu: 9216, bridge: "iksb21" },
    },
  ],
  program: "aa",
  vlans: true,
  user: 1_768_620_032,
  limits: { memoryMiB: 256, vcpus: 1, tasks: 1024 },
  library: "/opt",
  cgroups: [],
};
let runDir: string;
let paths: NetnsFolder;

beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), "ikv-record-"));
  paths = netnsFolder(runDir, "leaf1");
});

afterEach(() => host.remove(runDir));

describe("a netns's record", () => {
  it("is read as it was written, and only root can read it", async () => {
    await writeRecord(host, paths, RECORD);
    expect(await readRecord(host, paths)).toEqual(RECORD);
    const { stdout } = await host.run({ file: "stat", args: ["--format=%a", paths.record] });
    expect(stdout).toBe("600\n");
  });

  it("is read from an earlier build's file, which has lines for ip in place of ports, with the same result", async () => {
    const { ports, ...rest } = RECORD;
    const earlier = { ...rest, version: 1, wires: ports.map(earlierLine) };
    await host.writeFile(paths.record, JSON.stringify(earlier));
    expect(await readRecord(host, paths)).toEqual(RECORD);
  });

  it("is reported as damaged if the file has neither form", async () => {
    expect(await readRecordFile(host, paths)).toEqual({ kind: "none" });
    await host.writeFile(paths.record, '{"version":2,"node":"leaf1"}');
    expect(await readRecordFile(host, paths)).toEqual({
      kind: "damaged",
      reason: '"network" must be of type string',
    });
    expect(await readRecord(host, paths)).toBeUndefined();
  });
});

/** Earlier builds kept the words for ip alone, with the switch's name in place of PID. */
function earlierLine(port: KeptRecord["ports"][number]): string {
  return portLine(port, "leaf1")
    .replace(/^leaf1 link /, "")
    .replace(/PID$/, "leaf1");
}
