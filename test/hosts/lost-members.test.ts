import { expect, it } from "vitest";
import { memberParts } from "../../src/fabric/member-part.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { healthyPart } from "../../src/faults/healthy-part.ts";
import { demandAllMembers, formatLost, formatSwitchNames, switchesOn } from "../../src/hosts/lost-members.ts";
import { configFrom } from "../fabric/config.ts";

const fabric = planFabric(
  configFrom("HOSTS='alpha=10.0.0.1 beta=10.0.0.2 gamma=10.0.0.3'", "NUM_SPINES=3", "NUM_RACKS=6"),
);
const lost = (name: string) => ({
  name,
  why: "no ssh to root@10.0.0.3: Connection timed out",
  switches: switchesOn(fabric, [{ name }]),
});

it("switches are named with their racks", () => {
  expect(formatSwitchNames(fabric, switchesOn(fabric, [{ name: "gamma" }]))).toBe(
    "spine3, leaf5 and leaf6 (rack 3), leaf11 and leaf12 (rack 6)",
  );
  expect(formatSwitchNames(fabric, ["leaf6"])).toBe("leaf6 (rack 3)");
});

it("a sentence for each lost member has its switches", () => {
  expect(formatLost(fabric, [lost("gamma"), { ...lost("delta"), why: "no answer" }])).toEqual([
    "gamma does not answer (no ssh to root@10.0.0.3: Connection timed out), so these are missing: " +
      "spine3, leaf5 and leaf6 (rack 3), leaf11 and leaf12 (rack 6)",
    "delta does not answer (no answer); no switch is placed there",
  ]);
});

it("the error names what is missing, and what to do", () => {
  demandAllMembers(fabric, []);
  demandAllMembers(fabric, [lost("delta")]);
  expect(() => demandAllMembers(fabric, [lost("gamma"), lost("delta")])).toThrow(
    /^The fabric is up, but not all of it:\n {2}gamma does not.*\nRun 'ikvswitch up' again when gamma is back, or move them with PLACE\.$/,
  );
  expect(() => demandAllMembers(fabric, [lost("beta"), lost("gamma")])).toThrow(
    "when beta and gamma are back",
  );
});

it("what is on other members can converge without a lost one", () => {
  const frozen = switchesOn(fabric, [{ name: "gamma" }]);
  const left = healthyPart(fabric, { links: [], frozen });
  const others = memberParts(fabric).flatMap(({ member, nodes }) => (member.name === "gamma" ? [] : nodes));
  expect(left.nodes.map(({ name }) => name).sort()).toEqual(others.toSorted());
  expect(left.sessions).toEqual(
    fabric.sessions.filter(({ a, b }) => !frozen.includes(a.node) && !frozen.includes(b.node)),
  );
});
