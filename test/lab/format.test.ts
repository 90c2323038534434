import { expect, it } from "vitest";
import { toned, withoutTones } from "../../src/format/tone.ts";
import { formatSwitches } from "../../src/lab/format.ts";
import type { NodeStatus } from "../../src/nodes/status.ts";
import type { HostUse } from "../../src/vms/host-use.ts";
import type { VmState } from "../../src/vms/observe.ts";

const leaf1: NodeStatus = {
  name: "leaf1",
  role: "leaf",
  loopback: "192.168.98.4",
  asn: 65503,
  state: "running",
  pid: 7,
  uptimeSeconds: 61,
  sessions: { up: 3, planned: 3 },
  missing: [],
  reachable: true,
  vnc: null,
  bmc: null,
  saved: [],
  savedUnused: null,
};

const host: HostUse = {
  ...{ processors: 2, load: 0.4, memoryMiB: 4096, availableMiB: 3000 },
  disk: { sizeMiB: 50_000, usedMiB: 27_000, freeMiB: 20_000 },
  vms: {
    ...{ running: ["a", "b"], vcpus: 3, memoryMiB: 768, residentMiB: 200 },
    ...{ diskMiB: 20_480, usedDiskMiB: 7 },
  },
};

it("the table of switches colours states and sessions, and the lines below by their severity", () => {
  const table = formatSwitches({
    backend: "netns",
    vlans: true,
    uplink: { kind: "nat" },
    switches: [
      leaf1,
      { ...leaf1, name: "leaf2", state: "stopped", sessions: { up: 0, planned: 3 }, missing: ["no ens4"] },
      { ...leaf1, name: "leaf3", reachable: false, sessions: { up: null, planned: 3 } },
      { ...leaf1, name: "leaf4", state: "frozen" },
      { ...leaf1, name: "leaf5", state: "silent", reachable: false, sessions: { up: null, planned: 3 } },
    ],
    bmcs: [],
    vms: [],
    host,
    plugs: null,
    sshPort: null,
    faults: ["fault: leaf4 is frozen"],
    kept: null,
    lost: [
      { name: "gamma", isDown: true, switches: ["leaf5"] },
      { name: "beta", isDown: false, switches: ["leaf6"] },
    ],
    damaged: ["a file is damaged"],
    asPlanned: false,
  });
  expect(withoutTones(table).split("\n").slice(0, 3)).toEqual([
    "SWITCH  LOOPBACK         AS  STATE        UPTIME  SESSIONS",
    "leaf1   192.168.98.4  65503  running      1m1s    3/3",
    "leaf2   192.168.98.4  65503  stopped      1m1s    0/3",
  ]);
  for (const part of [
    toned("good", "running"),
    toned("good", "3/3"),
    toned("bad", "stopped"),
    toned("bad", "0/3"),
    toned("bad", "unreachable"),
    toned("doubtful", "?/3"),
    toned("doubtful", "frozen"),
    toned("bad", "member down"),
    toned("bad", "gamma does not answer: nothing is known of leaf5; run 'ikvswitch up' when it is back"),
    toned("bad", "the cluster does not answer for beta just now: nothing is known of leaf6"),
    `${toned("bad", "no ens4")}\n${toned("doubtful", "fault: leaf4 is frozen")}\n${toned("bad", "a file is damaged")}`,
  ]) {
    expect(table).toContain(part);
  }
});

it("the VMs in the racks are counted by their states, with what they may take of the host", () => {
  const vm: VmState = { name: "server1", rack: 1, position: 3, profile: "server", state: "running" };
  const table = formatSwitches({
    ...{ backend: "netns", vlans: true, uplink: { kind: "nat" }, switches: [leaf1], bmcs: [], host },
    ...{
      plugs: null,
      sshPort: { running: false, port: 28_999 },
      faults: [],
      kept: null,
      lost: [],
      damaged: [],
    },
    vms: [vm, { ...vm, state: "off" }, vm, { ...vm, state: "damaged" }],
    asPlanned: true,
  });
  expect(table).toContain(
    "\nVMs in the racks: 2 running, 1 off, 1 damaged; reserved: 3 processors, memory 768 MiB, disk 20480 MiB\n",
  );
  expect(table).toMatch(
    /\nThis host: 2 processors, load 0.4; memory 1096 of 4096 MiB in use; disk 27000 of 50000 MiB in use, 20000 free$/m,
  );
});

it("the sockets for VMs and the port for SSH are named, or that they are closed", () => {
  const table = (running: boolean) =>
    formatSwitches({
      ...{
        backend: "netns",
        vlans: true,
        uplink: { kind: "nat" },
        switches: [leaf1],
        bmcs: [],
        vms: [],
        host,
        faults: [],
        kept: null,
        lost: [],
        damaged: [],
      },
      sshPort: { running, port: 28_999 },
      plugs: { running, firstPort: 29_000, lastPort: 29_078, folder: "/run/ikvswitch/plug" },
      asPlanned: running,
    });
  expect(table(true)).toMatch(
    /\nSockets for VMs: 127\.0\.0\.1:29000 to 29078, and in \/run\/ikvswitch\/plug\nSSH to internet: 127\.0\.0\.1:28999$/,
  );
  expect(table(false)).toContain(toned("bad", "the sockets for VMs are closed; run 'ikvswitch up'"));
  expect(table(false)).toContain(toned("bad", "the port for SSH to internet is closed; run 'ikvswitch up'"));
});
