import { CommandError, PreflightError } from "../errors.ts";
import { applyPhases } from "../host/apply.ts";
import type { Action } from "../host/model/actions.ts";
import type { Machines } from "../nodes/machines.ts";
import type { Host } from "../system/host.ts";
import { clearActions, downActions, impairActions, silenceActions } from "./commands.ts";
import type { Impairment } from "./impairment.ts";
import type { WireState } from "./wire-state.ts";

/**
 * Take a wire down: both its nodes see their carrier go. The host's ends go first, since they are what tells later
 * that the wire is down.
 */
export async function takeWireDown(host: Host, machines: Machines, wire: WireState): Promise<void> {
  await apply(host, downActions(wire));
  await setCarriers(machines, wire, false);
}

/** Frames vanish, and nobody is told. */
export async function silenceWire(host: Host, wire: WireState): Promise<void> {
  await apply(host, silenceActions(wire));
}

/**
 * Make a wire worse, in place of what impaired it before.
 * @throws PreflightError where the kernel lacks what it takes.
 */
export async function impairWire(host: Host, wire: WireState, impairment: Impairment): Promise<void> {
  try {
    await apply(host, impairActions(wire, impairment));
  } catch (error) {
    throw isUnknownQdisc(error) ? missingNetem() : error;
  }
}

/** Take all faults of a wire back. The machines' carriers come first: killed in between, the wire still shows as down. */
export async function clearWire(host: Host, machines: Machines, wire: WireState): Promise<void> {
  await setCarriers(machines, wire, true);
  const frozen = await frozenEnds(machines, wire);
  for (const actions of clearActions(wire, frozen)) {
    await apply(host, actions);
  }
}

async function apply(host: Host, actions: readonly Action[]): Promise<void> {
  await applyPhases(host, [{ title: "", actions }], { onProgress: () => {}, onWarning: () => {} });
}

/** The switches at the wire's ends that are frozen. */
async function frozenEnds(machines: Machines, wire: WireState): Promise<readonly string[]> {
  const nodes = wire.ends.flatMap(({ planned: { end } }) => (end.kind === "node" ? [end.node] : []));
  const frozen = await Promise.all(nodes.map((node) => machines.isFrozen(node)));
  return nodes.filter((_, index) => frozen[index]);
}

/** Switches that are off have no carrier to lose; when they start, it follows their taps. */
async function setCarriers(machines: Machines, wire: WireState, on: boolean): Promise<void> {
  await Promise.all(
    wire.ends.map(async ({ planned: { end } }) => {
      if (end.kind === "node" && (await machines.power(end.node)).power === "on") {
        await machines.setCarrier(end.node, [end.port], on);
      }
    }),
  );
}

/** What tc says of a queueing discipline that the kernel does not have: newer and older wordings. */
function isUnknownQdisc(error: unknown): boolean {
  return (
    error instanceof CommandError &&
    /qdisc kind is unknown|Unknown qdisc|qdisc not found|RTNETLINK answers: No such file/i.test(error.stderr)
  );
}

function missingNetem(): PreflightError {
  return new PreflightError([
    {
      what: "this kernel lacks netem (module sch_netem)",
      why: "needed for loss, delay and jitter; a rate alone needs tbf (module sch_tbf)",
      fix:
        "modprobe sch_netem; Debian's linux-image packages have it, kernels made for containers and small machines " +
        "often lack it (CONFIG_NET_SCH_NETEM). Without it: ikvswitch link blackhole, down, or impair with only --rate",
    },
  ]);
}
