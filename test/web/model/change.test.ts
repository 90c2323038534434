import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeBetween, withChange } from "../../../src/web/model/change.ts";
import { happenings } from "../../../src/web/model/events.ts";
import type { LabState, LinkView, NodeState } from "../../../src/web/model/state.ts";

const node: NodeState = {
  state: "running",
  reachable: true,
  sinceMs: 1,
  sessions: { up: 2, planned: 2 },
  missing: [],
};
const link: LinkView = { state: "up", text: "up", carrier: true, session: "up" };
const state: LabState = {
  name: "ikvswitch",
  plan: "1",
  backend: "netns",
  has: { console: false, vnc: false },
  running: true,
  asPlanned: true,
  notes: [],
  problem: null,
  work: null,
  host: { processors: 2, load: 0.5, memoryMiB: 1024, usedMiB: 512 },
  vms: [],
  nodes: { leaf1: node, leaf2: node },
  links: { iksb12: link },
  rates: {},
  events: [],
};

describe("a change", () => {
  it("has only what differs", () => {
    expect(changeBetween(state, structuredClone(state))).toBeUndefined();
    const after: LabState = {
      ...state,
      asPlanned: false,
      nodes: { leaf1: { ...node, state: "frozen" } },
      rates: { iksb12: { there: { packets: 1, bits: 8 }, back: { packets: 0, bits: 0 } } },
    };
    expect(changeBetween(state, after)).toEqual({
      plain: { asPlanned: false },
      nodes: { leaf1: { ...node, state: "frozen" }, leaf2: null },
      rates: after.rates,
    });
  });

  it("leads from any state to any other", () => {
    const some = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("running", "stopped"));
    const states = fc
      .record({ names: some, running: fc.boolean(), notes: fc.array(fc.string()) })
      .map(({ names, ...plain }) => ({
        ...state,
        ...plain,
        nodes: Object.fromEntries(
          Object.entries(names).map(([name, word]) => [name, { ...node, state: word as NodeState["state"] }]),
        ),
      }));
    fc.assert(
      fc.property(states, states, (before, after) => {
        const change = changeBetween(before, after);
        expect(change === undefined ? before : withChange(before, change)).toEqual(after);
      }),
    );
  });
});

describe("events", () => {
  const between = (changes: Partial<LabState>) =>
    happenings(state, { ...state, ...changes }, (bridge) => `link ${bridge}`).map(({ text }) => text);

  it("tell of switches, links, sessions and the whole", () => {
    expect(between({})).toEqual([]);
    expect(
      between({ nodes: { ...state.nodes, leaf1: { ...node, state: "stopped", reachable: false } } }),
    ).toEqual(["leaf1 is stopped"]);
    expect(between({ nodes: { ...state.nodes, leaf2: { ...node, reachable: false } } })).toEqual([
      "leaf2 is unreachable",
    ]);
    expect(
      between({ links: { iksb12: { ...link, state: "down", text: "down (injected)", session: "down" } } }),
    ).toEqual(["link iksb12: down (injected)", "link iksb12: BGP session lost"]);
    expect(
      happenings(
        { ...state, links: { iksb12: { ...link, state: "missing", text: "missing" } } },
        state,
        String,
      ),
    ).toEqual([]);
    expect(between({ running: false })).toEqual(["the fabric is down"]);
  });
});
