import { expect, it } from "vitest";
import { memberParts } from "../../src/fabric/member-part.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { formatMembers, reportMembers } from "../../src/hosts/members.ts";
import { pathsOf } from "../../src/hosts/underlay.ts";
import { readPage } from "../docs/pages.ts";
import { configFrom } from "../fabric/config.ts";

const fabric = planFabric(
  configFrom(
    "NUM_U=4",
    "HOSTS='alpha=10.0.0.1 beta=admin@10.0.0.2 gamma=10.0.0.3'",
    "HOST_WEIGHTS=beta=2",
    "PLACE=rack3=beta",
  ),
);

it("members are listed with what is planned there", () => {
  expect(formatMembers(reportMembers(fabric))).toBe(
    [
      "MEMBER  ADDRESS   LOGIN  WEIGHT  LINKS  CROSSING  RACKS  SWITCHES",
      "alpha   10.0.0.1  root        1     16         7  1      internet spine1 leaf1 leaf2",
      "beta    10.0.0.2  admin       2     19         7  2 3    spine2 leaf3 leaf4 leaf5 leaf6",
      "gamma   10.0.0.3  root        1      0         0",
    ].join("\n"),
  );
});

it("a fabric of one host is listed as a whole, on this host", () => {
  const list = formatMembers(reportMembers(planFabric(configFrom("NUM_RACKS=1", "NUM_U=4"))));
  expect(list.split("\n")[1]).toMatch(/^this host +12 +0 {2}1 +internet spine1 spine2 leaf1 leaf2$/);
});

it("each two members with links between them have one path that is tested, with a packet of full size", () => {
  const paths = memberParts(fabric).flatMap(pathsOf);
  expect(paths.map(({ from, to, packetBytes }) => [from, to, packetBytes])).toEqual([
    ["alpha", "beta", 9054],
  ]);
  const all = planFabric(configFrom("HOSTS='alpha=fd00::1 beta=fd00::2 gamma=fd00::3'", "FABRIC_MTU=1500"));
  expect(
    memberParts(all)
      .flatMap(pathsOf)
      .map(({ from, to, packetBytes }) => [from, to, packetBytes]),
  ).toEqual([
    ["alpha", "beta", 1574],
    ["alpha", "gamma", 1574],
    ["beta", "gamma", 1574],
  ]);
});

it("the list on the page about hosts is that of its configuration", () => {
  const { text } = readPage("docs/hosts.md");
  const [lines = ""] = /^HOSTS=.*\nPLACE=.*$/m.exec(text) ?? [];
  const [, list] = /\$ ikvswitch hosts ls --plan\n([^`]*)\n```/.exec(text) ?? [];
  expect(list).toBe(formatMembers(reportMembers(planFabric(configFrom(lines)))));
});
