import { CommandError, PreflightError } from "../errors.ts";
import { applyPhases } from "../host/apply.ts";
import type { Action } from "../host/model/actions.ts";
import type { NetworkHost } from "../hosts/network-host.ts";
import type { Machines } from "../nodes/machines.ts";
import { blackholeActions, clearActions, downActions, impairActions } from "./commands.ts";
import type { Impairment } from "./impairment.ts";
import { type LinkState, portsOn } from "./link-state.ts";

/**
 * Takes a link down: both its nodes lose carrier. The host's ends go down first, because their state later shows that
 * the link is down.
 */
export async function takeLinkDown(
  hosts: readonly NetworkHost[],
  machines: Machines,
  link: LinkState,
): Promise<void> {
  await apply(hosts, link, (there) => [downActions(there)]);
  await setCarriers(machines, link, false);
}

/** Drops all frames of a link, while both ends keep carrier. */
export async function blackholeLink(hosts: readonly NetworkHost[], link: LinkState): Promise<void> {
  await apply(hosts, link, (there) => [blackholeActions(there)]);
}

/**
 * Impairs a link; replaces an earlier impairment.
 * @throws PreflightError if the kernel lacks a required queueing discipline.
 */
export async function impairLink(
  hosts: readonly NetworkHost[],
  link: LinkState,
  impairment: Impairment,
): Promise<void> {
  try {
    await apply(hosts, link, (there) => [impairActions(there, impairment)]);
  } catch (error) {
    throw isUnknownQdisc(error) ? missingNetem() : error;
  }
}

/**
 * Clears all faults of a link. The switches' carriers come first: if interrupted in between, the link still shows as
 * down.
 */
export async function clearLink(
  hosts: readonly NetworkHost[],
  machines: Machines,
  link: LinkState,
): Promise<void> {
  await setCarriers(machines, link, true);
  const frozen = await frozenEnds(machines, link);
  await apply(hosts, link, (there) => clearActions(there, frozen));
}

/** Does what is needed for the link's ports on each host, one phase after the other. */
async function apply(
  hosts: readonly NetworkHost[],
  link: LinkState,
  phasesFor: (there: LinkState) => readonly (readonly Action[])[],
): Promise<void> {
  await Promise.all(
    hosts.map(async ({ member, host }) => {
      const phases = phasesFor(portsOn(link, member)).map((actions) => ({ title: "", actions }));
      await applyPhases(host, phases, { onProgress: () => {}, onWarning: () => {} });
    }),
  );
}

/** Returns the frozen switches at the link's ends. */
async function frozenEnds(machines: Machines, link: LinkState): Promise<readonly string[]> {
  const nodes = link.ends.flatMap(({ planned: { end } }) => (end.kind === "node" ? [end.node] : []));
  const frozen = await Promise.all(nodes.map((node) => machines.isFrozen(node)));
  return nodes.filter((_, index) => frozen[index]);
}

/** Skips switches that are off: when they start, their carrier follows their taps. */
async function setCarriers(machines: Machines, link: LinkState, on: boolean): Promise<void> {
  await Promise.all(
    link.ends.map(async ({ planned: { end } }) => {
      if (end.kind === "node" && (await machines.power(end.node)).power === "on") {
        await machines.setCarrier(end.node, [end.port], on);
      }
    }),
  );
}

/** Matches tc's errors for a queueing discipline that the kernel lacks, in newer and older wordings. */
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
