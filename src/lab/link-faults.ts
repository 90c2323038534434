import { UsageError } from "../errors.ts";
import type { Link } from "../fabric/types.ts";
import { activeFaults } from "../faults/active-faults.ts";
import { blackholeLink, clearLink, impairLink, takeLinkDown } from "../faults/change.ts";
import type { Impairment } from "../faults/impairment.ts";
import type { LinkState } from "../faults/link-state.ts";
import { observeLinks } from "../faults/observe.ts";
import { type Lab, labHosts, labMachines } from "./lab.ts";

/** A change of a link's faults; `up` clears all of them. The names are those of the commands. */
export type LinkChange =
  | { readonly kind: "down" }
  | { readonly kind: "blackhole" }
  | { readonly kind: "impair"; readonly impairment: Impairment }
  | { readonly kind: "up" };

/**
 * Injects a fault into a link, or clears its faults.
 * @returns the link's state after that.
 * @throws UsageError if the link does not exist now.
 */
export function changeLink(lab: Lab, link: Link, change: LinkChange): Promise<LinkState> {
  return lab.locked(`link ${change.kind}`, async () => {
    await apply(lab, await observeLink(lab, link), change);
    return observeLink(lab, link);
  });
}

/**
 * Clears all faults of all links.
 * @returns the links that had any, as they were.
 */
export function clearAllLinks(lab: Lab): Promise<readonly LinkState[]> {
  return lab.locked("link up", async () => {
    const machines = await labMachines(lab);
    const hosts = await labHosts(lab);
    const { links: faulty } = activeFaults(await observeLinks(hosts, lab.fabric), []);
    for (const link of faulty) {
      await clearLink(hosts, machines, link);
    }
    return faulty;
  });
}

async function apply(lab: Lab, link: LinkState, change: LinkChange): Promise<void> {
  const hosts = await labHosts(lab);
  switch (change.kind) {
    case "down":
      return takeLinkDown(hosts, await labMachines(lab), link);
    case "blackhole":
      return blackholeLink(hosts, link);
    case "impair":
      return impairLink(hosts, link, change.impairment);
    case "up":
      return clearLink(hosts, await labMachines(lab), link);
  }
}

async function observeLink(lab: Lab, link: Link): Promise<LinkState> {
  const state = (await observeLinks(await labHosts(lab), lab.fabric)).find(
    ({ bridge }) => bridge === link.bridge.name,
  );
  if (state === undefined || state.state === "missing") {
    const present = new Set(state?.ends.map((end) => end.interface));
    const names = link.interfaces.map(({ name }) => name).filter((name) => !present.has(name));
    throw new UsageError(`missing interface ${names.join(" and ")}: the host network or the switch is down`);
  }
  return state;
}
