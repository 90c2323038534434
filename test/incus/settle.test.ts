import { expect, it } from "vitest";
import { CommandError } from "../../src/errors.ts";
import { ClusterError, isNoAnswer } from "../../src/incus/answer.ts";
import { type MemberState, silentMembers } from "../../src/incus/cluster-state.ts";
import { isSettled } from "../../src/incus/settle.ts";

const stateOf = (name: string, changes: Partial<MemberState> = {}): MemberState => ({
  ...{ name, url: `https://${name}:8443`, architecture: "x86_64", message: "Fully operational" },
  ...{ online: true, isEvacuated: false, answers: true, isUsable: true },
  ...changes,
});
const alpha = stateOf("alpha");
const dead = stateOf("gamma", { online: false, answers: false, isUsable: false });

it("a member that answers, but not to the cluster, is worth waiting for", () => {
  expect(isSettled([alpha, dead])).toBe(true);
  expect(isSettled([alpha, stateOf("beta", { online: false })])).toBe(false);
  expect(isSettled([alpha, stateOf("beta", { isUsable: false })])).toBe(false);
  expect(isSettled([alpha, stateOf("beta", { online: false, isEvacuated: true })])).toBe(true);
});

it("nothing is known of what is on members that the cluster can't use", () => {
  const members = [alpha, stateOf("beta", { isUsable: false }), dead];
  expect(silentMembers({ answers: true, members })).toEqual(new Set(["beta", "gamma"]));
});

it.each([
  [new ClusterError("GET", 500, "context deadline exceeded"), true],
  [new ClusterError("GET", 403, "not authorized"), false],
  [new ClusterError("GET", 500, 'User does not have permissions for project "other"'), false],
  [new ClusterError("GET", 404, "not found"), false],
  [new CommandError("GET", undefined, "no answer within 5 s", undefined, { timedOut: true }), true],
  [new Error("interrupted"), false],
])("%s: a lack of an answer is %s", (error, expected) => {
  expect(isNoAnswer(error)).toBe(expected);
});
