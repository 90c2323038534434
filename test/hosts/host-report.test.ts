import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { withoutTones } from "../../src/format/tone.ts";
import { formatHosts } from "../../src/hosts/format-hosts.ts";
import {
  type HostReport,
  hostDifferences,
  hostState,
  type Placed,
  reservedBy,
} from "../../src/hosts/host-report.ts";
import { reportMembers } from "../../src/hosts/members.ts";
import { configFrom } from "../fabric/config.ts";

const planned = reportMembers(
  planFabric(configFrom("NUM_U=4", "HOSTS='alpha=10.0.0.1 beta=admin@10.0.0.2'")),
);
const room = {
  ...{ processors: 2, load: 0.4, memoryMiB: 4000, availableMiB: 1500 },
  disk: { sizeMiB: 40 * 1024, usedMiB: 10 * 1024, freeMiB: 28 * 1024 },
};
const hosts: readonly HostReport[] = planned.map((member) => ({
  ...{ ...member, state: "online", reason: null, room, servers: [{ rack: 1, position: 3 }] },
  ...{ reserved: { vcpus: 0, memoryMiB: 1024, diskMiB: 0 }, running: member.switches },
}));
const placed: readonly Placed[] = planned.flatMap(({ name: member, switches }) =>
  switches.map((name) => ({
    ...{ name, member, state: "running", vcpus: null, memoryMiB: 256, diskMiB: null },
  })),
);

function changed(name: string, change: Partial<Placed>): readonly Placed[] {
  return placed.map((one) => (one.name === name ? { ...one, ...change } : one));
}

describe("the list of hosts", () => {
  it("shows what each has, and what is there", () => {
    expect(withoutTones(formatHosts({ members: hosts, differences: [] })).split("\n")).toEqual([
      "MEMBER  STATE   WEIGHT  CPUS  LOAD  MEMORY            DISK          RESERVED  SERVERS  LINKS  CROSSING  RACKS  SWITCHES",
      "alpha   online       1     2   0.4  2500 of 4000 MiB  10 of 40 GiB  1024 MiB        1     22         7  1 3    internet spine1 leaf1 leaf2 leaf5 leaf6",
      "beta    online       1     2   0.4  2500 of 4000 MiB  10 of 40 GiB  1024 MiB        1     13         7  2      spine2 leaf3 leaf4",
    ]);
  });

  it("has dashes for a member that does not answer, and says why below", () => {
    const [alpha, beta] = hosts;
    if (alpha === undefined || beta === undefined) {
      throw new Error("there are two");
    }
    const silent: HostReport = {
      ...beta,
      ...{
        state: "no ssh",
        reason: "did not answer",
        room: null,
        servers: null,
        reserved: null,
        running: null,
      },
    };
    const members = [alpha, silent];
    const lines = withoutTones(formatHosts({ members, differences: hostDifferences(members, placed) })).split(
      "\n",
    );
    expect(lines[2]).toMatch(/^beta +no ssh +1 +- +- +- +- +- +- +13 +7 {2}2 /);
    expect(lines.slice(3)).toEqual(["beta: no ssh: did not answer"]);
  });

  it("names limits that there are", () => {
    const [alpha] = hosts;
    const cell = (reserved: NonNullable<HostReport["reserved"]>) =>
      alpha === undefined ? "" : formatHosts({ members: [{ ...alpha, reserved }], differences: [] });
    expect(cell({ vcpus: 1, memoryMiB: 256, diskMiB: 10 })).toContain("1 CPU, 256 MiB, disk 10 MiB");
    expect(cell({ vcpus: 0, memoryMiB: 0, diskMiB: 0 })).toContain("nothing");
  });
});

describe("differences from the plan", () => {
  it("are none if all runs where it is planned, and none if nothing runs", () => {
    expect(hostDifferences(hosts, placed)).toEqual([]);
    expect(hostDifferences(hosts, [])).toEqual([]);
    expect(hostDifferences(hosts, null)).toEqual([]);
  });

  it.each([
    [changed("leaf3", { state: "stopped" }), "leaf3 on beta is stopped"],
    [changed("leaf3", { member: "alpha" }), "leaf3 is on alpha, planned on beta"],
    [placed.filter(({ name }) => name !== "leaf3"), "leaf3 is missing on beta"],
    [changed("leaf3", { name: "leaf9" }), "leaf3 is missing on beta"],
    [changed("leaf3", { state: "error" }), "leaf3 on beta is error"],
  ])("name the switch and the member", (switches, line) => {
    expect(hostDifferences(hosts, switches)).toContain(line);
  });

  it("name a switch that is not planned", () => {
    expect(hostDifferences(hosts, changed("leaf3", { name: "leaf9" }))).toContain(
      "leaf9 on beta is not planned",
    );
  });

  it("name a member that is down once, and not its switches, which are not known", () => {
    const down = hosts.map(
      (host): HostReport =>
        host.name === "beta" ? { ...host, state: "offline", reason: "no heartbeat" } : host,
    );
    const rest = placed.filter(({ member }) => member !== "beta");
    expect(hostDifferences(down, rest)).toEqual(["beta: offline: no heartbeat"]);
  });

  it("name what a member's state is once", () => {
    const silent = hosts.map((host): HostReport => ({ ...host, state: "no ssh", reason: "no ssh to root" }));
    expect(hostDifferences(silent, null)).toEqual(["alpha: no ssh to root", "beta: no ssh to root"]);
  });

  it("of one host name no member", () => {
    const here = reportMembers(planFabric(configFrom("NUM_U=4"))).map((member) => ({
      ...{ ...member, state: "online" as const, reason: null },
    }));
    const off = placed.map((one) => ({
      ...one,
      member: null,
      state: one.name === "leaf3" ? "stopped" : "running",
    }));
    expect(hostDifferences(here, off)).toEqual(["leaf3 is stopped"]);
  });
});

describe("the state of a member", () => {
  const member = { name: "alpha", online: true, message: "Fully operational" };
  const cluster = { found: { members: [member, { ...member, name: "beta" }] } };
  const answer = { found: {} };
  const silent = { reason: "no ssh to root@10.0.0.1" };

  it.each([
    ["alpha", cluster, answer, "online", null],
    ["alpha", cluster, silent, "no ssh", "no ssh to root@10.0.0.1"],
    ["gamma", cluster, answer, "not in the cluster", "its members are alpha, beta"],
    ["alpha", { reason: "no answer" }, answer, "unknown", "the cluster does not answer: no answer"],
    ["alpha", { reason: "no answer" }, silent, "no ssh", "no ssh to root@10.0.0.1"],
    [
      ...([
        "alpha",
        { found: { members: [{ ...member, online: false, message: "No heartbeat" }] } },
      ] as const),
      ...([answer, "offline", "No heartbeat"] as const),
    ],
  ])("of %s", (name, says, own, state, reason) => {
    expect(hostState({ name }, says, own)).toEqual({ state, reason });
  });
});

it("what is off has nothing reserved, and neither has what has no limit", () => {
  expect(reservedBy(changed("leaf3", { state: "stopped" }))).toEqual({
    vcpus: 0,
    memoryMiB: 8 * 256,
    diskMiB: 0,
  });
  expect(reservedBy(changed("leaf3", { vcpus: 2, state: "frozen" }))).toMatchObject({
    vcpus: 2,
    memoryMiB: 9 * 256,
  });
});
