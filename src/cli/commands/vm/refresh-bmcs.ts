import { BACKENDS } from "../../../backends/index.ts";
import { commandOptions } from "../../command-options.ts";
import type { Context, GlobalOptions } from "../../context.ts";
import { warn } from "../../output.ts";
import { placeOf } from "../../place.ts";
import { showProgress } from "../../progress.ts";

/** After VMs were made or deleted: gives each of them its BMC, if the fabric is up. */
export async function refreshBmcs(context: Context, options: GlobalOptions): Promise<void> {
  const [{ startAllBmcs }, { bmcPrograms }, { currentBackend }] = await Promise.all([
    import("../../../lab/start-bmcs.ts"),
    import("../../../bmc/programs.ts"),
    import("../../../backends/find.ts"),
  ]);
  const { host, settings, fabric } = context;
  const { backends, configured, runDir } = { ...placeOf(context), backends: BACKENDS };
  await startAllBmcs(host, await currentBackend(host, { backends, configured, runDir }), {
    settings,
    fabric,
    bmcPrograms: bmcPrograms(commandOptions(context)),
    progress: showProgress({ quiet: options.json }),
    onWarning: warn,
  });
}
