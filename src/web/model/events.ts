import type { LabEvent, LabState, LinkView, NodeState } from "./state.ts";

/** An event before it has a number and a time. */
export type Happening = Pick<LabEvent, "tone" | "subject" | "text">;

/**
 * Tells what has happened between two states of a fabric.
 * @param nameOf name of a link, by its bridge: `spine1 ens5 – leaf1 ens4`.
 */
export function happenings(
  before: LabState,
  after: LabState,
  nameOf: (bridge: string) => string,
): readonly Happening[] {
  return [
    ...verdicts(before, after),
    ...Object.entries(after.nodes).flatMap(([name, node]) => ofNode(name, before.nodes[name], node)),
    ...Object.entries(after.links).flatMap(([bridge, link]) =>
      ofLink(bridge, nameOf(bridge), before.links[bridge], link),
    ),
  ];
}

function verdicts(before: LabState, after: LabState): readonly Happening[] {
  if (before.running !== after.running) {
    return [
      after.running
        ? { tone: "good", subject: null, text: "the fabric is up" }
        : { tone: "doubtful", subject: null, text: "the fabric is down" },
    ];
  }
  if (after.running && !before.asPlanned && after.asPlanned) {
    return [{ tone: "good", subject: null, text: "all is as planned" }];
  }
  return [];
}

const TONES = { running: "good", frozen: "doubtful", silent: "bad", stopped: "bad" } as const;

function ofNode(name: string, before: NodeState | undefined, after: NodeState): readonly Happening[] {
  if (before === undefined) {
    return [];
  }
  if (before.state !== after.state) {
    return [{ tone: TONES[after.state], subject: name, text: `${name} is ${after.state}` }];
  }
  return before.reachable === after.reachable
    ? []
    : [
        {
          tone: after.reachable ? "good" : "bad",
          subject: name,
          text: `${name} is ${after.reachable ? "reachable again" : "unreachable"}`,
        },
      ];
}

function ofLink(
  bridge: string,
  name: string,
  before: LinkView | undefined,
  after: LinkView,
): readonly Happening[] {
  if (before === undefined) {
    return [];
  }
  // A link that is made, as by `up`, was not broken before.
  const isMade = before.state === "missing" && after.state === "up";
  const state: readonly Happening[] =
    before.text === after.text || isMade
      ? []
      : [
          {
            tone: after.state === "up" ? "good" : "doubtful",
            subject: bridge,
            text: `${name}: ${after.text}`,
          },
        ];
  const session: readonly Happening[] =
    before.session === after.session || before.session === null || after.session === null
      ? []
      : [
          {
            tone: after.session === "up" ? "good" : "bad",
            subject: bridge,
            text: `${name}: BGP session ${after.session === "up" ? "established" : "lost"}`,
          },
        ];
  return [...state, ...session];
}
