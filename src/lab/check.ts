import { switchPorts } from "../backends/find.ts";
import { check } from "../check/check.ts";
import { loadAssertions } from "../check/load-assertions.ts";
import type { CheckReport } from "../check/model/report.ts";
import type { Selection } from "../check/model/selection.ts";
import { patienceWhileWaiting } from "../check/query/query-nodes.ts";
import { hostNetworkSettings } from "../host/start.ts";
import { checkedServers } from "../vms/checked-servers.ts";
import { type Lab, labHosts, labMachines } from "./lab.ts";

export interface CheckRequest {
  readonly selection: Selection;
  /** Files with the user's own assertions. */
  readonly assertionFiles: readonly string[];
  /** Time for all attempts; 0 if there is a single one. */
  readonly waitMs: number;
}

/** Loads the inputs of all attempts, and returns the attempt. */
export async function prepareCheck(
  lab: Lab,
  { selection, assertionFiles, waitMs }: CheckRequest,
): Promise<() => Promise<CheckReport>> {
  const { host, fabric, settings: own, backends } = lab;
  const assertions = await loadAssertions(host, fabric, assertionFiles);
  return async () => {
    const found = await labMachines(lab);
    const machines = { ...found, patience: patienceWhileWaiting(found.patience, waitMs) };
    const place = { runDir: own.runDir, configured: own.backend, backends };
    const ports = await switchPorts(host, place);
    const settings = await hostNetworkSettings(host, own);
    const servers = selection.kinds.has("server") ? await checkedServers(host, fabric, own) : [];
    const hosts = await labHosts(lab);
    return check(host, {
      fabric,
      hosts,
      machines,
      settings,
      switchPorts: ports,
      selection,
      assertions,
      servers,
    });
  };
}
