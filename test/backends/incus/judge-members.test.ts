import { expect, it } from "vitest";
import { judgeMembers } from "../../../src/backends/incus/judge-members.ts";
import { PreflightError } from "../../../src/errors.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import type { MemberState } from "../../../src/incus/cluster-state.ts";
import { configFrom } from "../../fabric/config.ts";

/* alpha: internet spine1 leaf1 leaf2; beta: spine2 leaf3 leaf4; gamma: leaf5 leaf6 */
const HOSTS = "HOSTS='alpha=10.0.0.1 beta=10.0.0.2 gamma=10.0.0.3'";
const fabric = planFabric(configFrom(HOSTS));

const stateOf = (name: string): MemberState => ({
  ...{ name, url: `https://${name}:8443`, architecture: "x86_64", message: "Fully operational" },
  ...{ online: true, isEvacuated: false, answers: true, isUsable: true },
});
const [alpha, beta, gamma] = [stateOf("alpha"), stateOf("beta"), stateOf("gamma")];
const DEAD = { online: false, answers: false, isUsable: false, message: "No heartbeat for 30 s" } as const;
const NO_SSH = new Map<string, string>();
const judge = (states: readonly MemberState[], ssh: ReadonlyMap<string, string> = NO_SSH, plan = fabric) =>
  judgeMembers(plan, { states, ssh });

function refusal(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof PreflightError) {
      return error.missing;
    }
    throw error;
  }
  throw new Error("it was not refused");
}

it("members that answer are not lost", () => {
  expect(judge([alpha, beta, gamma])).toEqual([]);
});

it("a member is lost if its server, ssh or the cluster does not reach it", () => {
  const lost = { name: "gamma", switches: ["leaf5", "leaf6"] };
  expect(judge([alpha, beta, { ...gamma, ...DEAD }])).toEqual([
    { ...lost, why: "no answer from https://gamma:8443" },
  ]);
  expect(judge([alpha, beta, gamma], new Map([["gamma", "no ssh to root@10.0.0.3"]]))).toEqual([
    { ...lost, why: "no ssh to root@10.0.0.3" },
  ]);
  expect(judge([alpha, beta, { ...gamma, online: false, message: "Evacuated" }])).toEqual([
    { ...lost, why: "the cluster does not reach it: Evacuated" },
  ]);
  expect(judge([alpha, beta, { ...gamma, isUsable: false, message: "" }])).toEqual([
    { ...lost, why: "the cluster does not reach it: no answer" },
  ]);
});

it("a member without a switch may be lost, or unknown to the cluster", () => {
  const plan = planFabric(configFrom(HOSTS, "PLACE=rack3=beta"));
  expect(judge([alpha, beta, { ...gamma, ...DEAD }], NO_SSH, plan)).toEqual([
    { name: "gamma", why: "no answer from https://gamma:8443", switches: [] },
  ]);
  expect(judge([alpha, beta], NO_SSH, plan)).toEqual([]);
});

it("a member that the cluster does not have is a mistake", () => {
  expect(refusal(() => judge([alpha, beta]))).toEqual([
    {
      what: "the cluster has no member gamma",
      why: "switches are placed there: leaf5 and leaf6 (rack 3)",
      fix: "HOSTS: its members are alpha, beta",
    },
  ]);
});

it("nothing converges without the internet router", () => {
  expect(refusal(() => judge([{ ...alpha, ...DEAD }, beta, gamma]))).toEqual([
    {
      what: "alpha is down: no answer from https://alpha:8443",
      why: "the internet router is placed there, and no other switch is reached without it",
      fix: "bring it up again, or move the router with PLACE, such as PLACE=internet=MEMBER",
    },
  ]);
});

it("all members with switches may not be lost", () => {
  const states = [alpha, beta, gamma].map((state) => ({ ...state, ...DEAD }));
  expect(refusal(() => judge(states)).map(({ what, why }) => `${what}; ${why}`)).toEqual([
    "alpha is down: no answer from https://alpha:8443; switches are placed there: internet, spine1, leaf1 and leaf2 (rack 1)",
    "beta is down: no answer from https://beta:8443; switches are placed there: spine2, leaf3 and leaf4 (rack 2)",
    "gamma is down: no answer from https://gamma:8443; switches are placed there: leaf5 and leaf6 (rack 3)",
  ]);
});
