import { currentBackend } from "../../backends/find.ts";
import type { Link } from "../../fabric/types.ts";
import { describeState } from "../../faults/format.ts";
import type { LinkState } from "../../faults/link-state.ts";
import { observeLinks } from "../../faults/observe.ts";
import { type Lab, labHosts } from "../../lab/lab.ts";
import { type EmulatorStatus, emulatorStatus } from "../../lab/status.ts";
import type { NodeStatus } from "../../nodes/status.ts";
import { type Sample, sampleCounters } from "../../traffic/counters.ts";
import { linkRates } from "../../traffic/rates.ts";
import type { LabState, LinkRates, LinkView, NodeState } from "../model/state.ts";

/** The fabric that a configuration describes, as the page names it. */
export interface NamedLab {
  readonly name: string;
  /** Changes with the plan. */
  readonly plan: string;
  /** Files with the user's own assertions. */
  readonly assertionFiles: readonly string[];
  readonly lab: Lab;
}

/** A state without its events, and what the next one's rates and times are computed from. */
export interface Observation {
  readonly state: LabState;
  readonly sample: Sample;
}

/** Observes the fabric as `status`, `link ls` and `top` do. */
export async function observeLab(
  { name, plan, lab }: Pick<NamedLab, "name" | "plan" | "lab">,
  before: Observation | undefined,
): Promise<Observation> {
  const { host, settings, fabric, backends } = lab;
  const place = { runDir: settings.runDir, configured: settings.backend, backends };
  const hosts = await labHosts(lab);
  const [backend, status, links, sample] = await Promise.all([
    currentBackend(host, place),
    emulatorStatus(host, settings, fabric, backends),
    observeLinks(hosts, fabric),
    sampleCounters(hosts),
  ]);
  const present = links.some(({ state }) => state !== "missing");
  const nodes = nodeStates(status.switches, before?.state.nodes ?? {});
  const state: LabState = {
    name,
    plan,
    backend: status.backend,
    has: { console: backend.console !== undefined, vnc: backend.vnc !== undefined },
    running: present || status.switches.some((node) => node.state !== "stopped"),
    asPlanned: status.asPlanned,
    notes: [...status.faults, ...status.damaged],
    problem: null,
    work: null,
    host: hostState(status),
    vms: status.vms,
    nodes,
    links: Object.fromEntries(links.map((link) => [link.bridge, linkView(link, status.switches)])),
    rates: before === undefined ? {} : ratesOf(lab, before.sample, sample),
    events: [],
  };
  return { state, sample };
}

function hostState({ host }: EmulatorStatus): LabState["host"] {
  const { processors, load, memoryMiB, availableMiB } = host;
  return { processors, load, memoryMiB, usedMiB: memoryMiB - availableMiB };
}

/** Whole seconds of the uptime are rounded in one or the other direction. */
const SAME_START_MS = 3_000;

function nodeStates(
  switches: readonly NodeStatus[],
  before: LabState["nodes"],
): Readonly<Record<string, NodeState>> {
  const nowMs = Date.now();
  return Object.fromEntries(
    switches.map(({ name, state, reachable, uptimeSeconds, sessions, missing }) => {
      const startMs = uptimeSeconds === null ? null : nowMs - uptimeSeconds * 1000;
      const known = before[name]?.sinceMs ?? null;
      const isSame = startMs !== null && known !== null && Math.abs(startMs - known) < SAME_START_MS;
      return [name, { state, reachable, sinceMs: isSame ? known : startMs, sessions, missing }];
    }),
  );
}

function linkView(link: LinkState, switches: readonly NodeStatus[]): LinkView {
  return {
    state: link.state,
    text: describeState(link),
    carrier: link.ends.every(({ carrier }) => carrier),
    session: sessionOn(link.link, switches),
  };
}

/** The state of the session on a link between two switches, as either end reports it. */
function sessionOn({ kind, interfaces }: Link, switches: readonly NodeStatus[]): LinkView["session"] {
  if (kind !== "internet-spine" && kind !== "spine-leaf") {
    return null;
  }
  const reports = interfaces.flatMap(({ end }) => {
    const status = end.kind === "node" ? switches.find(({ name }) => name === end.node) : undefined;
    return end.kind !== "node" || status === undefined || status.sessions.up === null
      ? []
      : [status.missing.some((line) => line.startsWith(`${end.node} ${end.port}:`))];
  });
  return reports.length === 0 ? null : reports.includes(true) ? "down" : "up";
}

function ratesOf({ fabric }: Lab, before: Sample, after: Sample): Readonly<Record<string, LinkRates>> {
  return Object.fromEntries(
    linkRates(fabric.links, before, after)
      .filter(({ there, back }) => there.packets + back.packets > 0)
      .map(({ bridge, there, back }) => [bridge, { there: rounded(there), back: rounded(back) }]),
  );
}

function rounded({ packets, bits }: LinkRates["there"]): LinkRates["there"] {
  return { packets: Math.round(packets * 10) / 10, bits: Math.round(bits) };
}
