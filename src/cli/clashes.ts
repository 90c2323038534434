import { findBackend } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import { DEFAULT_NAME } from "../config/fabric-name.ts";
import type { MissingRequirement } from "../errors.ts";
import { findClashes, type Tenant } from "../fabric/clashes.ts";
import { fabricAlias } from "../fabric/mark.ts";
import { formatFolders, observeFabrics, type PresentFabric } from "../host/fabrics.ts";
import type { Context } from "./context.ts";
import { type Loaded, runningIn } from "./running-config.ts";

/** Returns everything that the fabric of this configuration would share with others on this host. */
export async function observeClashes({
  host,
  loaded,
}: Pick<Context, "host" | "loaded">): Promise<readonly MissingRequirement[]> {
  const { alias } = loaded.plan.host.mark;
  const others = (await observeFabrics(host)).filter(
    ({ stateDir, runDir }) => fabricAlias(stateDir, runDir) !== alias,
  );
  if (others.length === 0) {
    return [];
  }
  const known = await Promise.all(
    others.map(async (other) => ({ other, running: await runningIn(host, other.runDir) })),
  );
  const tenants = known.flatMap(({ running }) => (running === undefined ? [] : [running.loaded]));
  return [
    ...known.flatMap(({ other, running }) => (running === undefined ? [unknownFabric(other)] : [])),
    ...findClashes(await tenantOf(loaded), await Promise.all(tenants.map(tenantOf))),
  ];
}

async function tenantOf({ config, plan, file, source }: Loaded): Promise<Tenant> {
  const unnamed = plan.host.mark.number === 0 ? "the default fabric" : `the fabric in ${config.RUN_DIR}`;
  const name = source.name === DEFAULT_NAME ? unnamed : `fabric ${source.name}`;
  const { vnc } = await findBackend(BACKENDS, config.BACKEND);
  return {
    title: file === null ? name : `${name} (${file})`,
    config,
    fabric: plan,
    hasVnc: vnc !== undefined,
  };
}

/** Its configuration is not known, so that anything might clash. */
function unknownFabric(other: PresentFabric): MissingRequirement {
  const { stateDir, runDir, bridges } = other;
  return {
    what: `another fabric runs on this host: bridges ${bridges.join(", ")}, ${formatFolders(other)}`,
    why: "it was brought up by an earlier build, which did not keep its configuration",
    fix: `run 'ikvswitch up' with its configuration (--config), or take it down: ikvswitch down --set STATE_DIR=${stateDir} --set RUN_DIR=${runDir}`,
  };
}
