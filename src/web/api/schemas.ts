/*
 * The documents of answers, for the description of the API. Those of commands have more properties than the ones that
 * are named here.
 */

const text = { type: "string" };
const flag = { type: "boolean" };
const number = { type: "number" };
const list = (items: object) => ({ type: "array", items });
const named = (items: object) => ({ type: "object", additionalProperties: items });
const object = (properties: Readonly<Record<string, object>>, description?: string) => ({
  type: "object",
  properties,
  ...(description === undefined ? {} : { description }),
});

const rate = object({ packets: number, bits: number }, "Per second");

export const SCHEMAS: Readonly<Record<string, object>> = {
  Error: object({
    error: object({
      kind: { ...text, description: "A word for programs: usage, not-running, requirements, token, origin" },
      message: text,
      fix: { ...text, description: "What to do, if it is known" },
    }),
  }),
  Plan: object(
    {
      version: number,
      nodes: list(object({ name: text, role: { enum: ["internet", "spine", "leaf"] } })),
      links: list(object({ kind: text, bridge: object({ name: text }) })),
    },
    "As `ikvswitch plan --json`",
  ),
  Status: object(
    {
      backend: text,
      asPlanned: flag,
      switches: list(
        object({
          name: text,
          state: { enum: ["running", "silent", "frozen", "stopped"] },
          reachable: flag,
          sessions: object({ up: { type: ["number", "null"] }, planned: number }),
        }),
      ),
      faults: list(text),
    },
    "As `ikvswitch status --json`",
  ),
  Link: object(
    {
      name: { ...text, examples: ["spine1 ens5 – leaf1 ens4"] },
      bridge: text,
      state: { enum: ["up", "down", "blackholed", "impaired", "missing"] },
      ends: list(object({ name: text, interface: text, up: flag, carrier: flag, blackholed: flag })),
    },
    "As `ikvswitch link ls --json`",
  ),
  CheckReport: object(
    {
      asPlanned: flag,
      durationMs: number,
      items: list(
        object({
          kind: text,
          subject: text,
          expected: text,
          observed: text,
          ok: { type: ["boolean", "null"] },
        }),
      ),
    },
    "As `ikvswitch check --json`",
  ),
  LabState: object(
    {
      name: text,
      plan: { ...text, description: "Changes with the plan" },
      running: flag,
      asPlanned: flag,
      notes: list(text),
      problem: { type: ["string", "null"] },
      work: { type: ["string", "null"], description: "What the server is doing for a long request" },
      vms: list(object({ name: text, rack: number, position: number, profile: text, state: text })),
      nodes: named(object({ state: text, reachable: flag })),
      links: named(object({ state: text, text, carrier: flag, session: { enum: ["up", "down", null] } })),
      rates: named(object({ there: rate, back: rate })),
      events: list(object({ id: number, at: text, tone: text, subject: {}, text })),
    },
    "Property `state` of the event `state` of /watch",
  ),
  LabChange: object(
    {
      plain: { type: "object", description: "Properties of LabState with new values" },
      nodes: { type: "object", description: "Switches that changed; null: gone. Likewise links and rates" },
      links: { type: "object" },
      rates: { type: "object" },
      events: { type: "array", description: "New events" },
    },
    "Property `change` of the event `change` of /watch: what differs from the state before",
  ),
};

/** What routes answer that change the power of a switch or a VM. */
export const POWER_ANSWER = {
  type: "application/json",
  description: "What was done",
  schema: object({ outcome: { ...text, examples: ["started"] } }),
} as const;
