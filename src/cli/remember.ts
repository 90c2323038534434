import type { Host } from "../system/host.ts";
import { isErrno } from "../system/unless-missing.ts";
import type { Context } from "./context.ts";
import { warn } from "./output.ts";

/** Keeps the configuration with which the fabric is brought up, so that later commands need no options. */
export async function remember({ host, loaded, settings, chosenFile }: Context): Promise<void> {
  const [{ keepConfiguration }, { runningIn }] = await Promise.all([
    import("../nodes/kept-configuration.ts"),
    import("./running-config.ts"),
  ]);
  const running = await runningIn(host, settings.runDir, loaded);
  try {
    await keepConfiguration(host, settings.runDir, {
      ...loaded.source,
      file: chosenFile ?? loaded.file,
      chosen: chosenFile !== null,
      since: running?.kept.since ?? new Date().toISOString(),
    });
  } catch (error) {
    // The host's network needs no room in RUN_DIR; switches do, which is checked before.
    if (!(error instanceof Error) || (!isErrno(error, "EROFS") && !isErrno(error, "ENOSPC"))) {
      throw error;
    }
    warn(
      `cannot keep the configuration in ${settings.runDir}: ${error.message}; later commands need these options, too`,
    );
  }
}

/** Forgets the configuration if the work fails and has left nothing of the fabric. */
export async function forgetOnFailure<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await forgetUnlessPresent(context).catch(() => {});
    throw error;
  }
}

/** Forgets the configuration once neither the fabric's network nor a switch is there. */
export async function forgetUnlessPresent({ host, settings, fabric }: Context): Promise<void> {
  const [{ fabricAlias }, { observeFabrics }, { forgetConfiguration }, { nodesFolder }, { leaveReadOnly }] =
    await Promise.all([
      import("../fabric/mark.ts"),
      import("../host/fabrics.ts"),
      import("../nodes/kept-configuration.ts"),
      import("../nodes/run-paths.ts"),
      import("../system/leave-read-only.ts"),
    ]);
  const { stateDir, runDir } = settings;
  const alias = fabricAlias(stateDir, runDir);
  const present = await observeFabrics(host);
  const isPresent =
    present.some((one) => fabricAlias(one.stateDir, one.runDir) === alias) ||
    (await host.list(nodesFolder(runDir))).length > 0 ||
    (fabric.cluster !== undefined && (await hasSwitchesOnMembers(host, runDir)));
  if (!isPresent) {
    await forgetConfiguration(leaveReadOnly(host, warn), runDir);
  }
}

/** Switches on members of a cluster have nothing on this host. If the cluster does not answer, there may be some. */
async function hasSwitchesOnMembers(host: Host, runDir: string): Promise<boolean> {
  const [{ allBackends }, { BACKENDS }] = await Promise.all([
    import("../backends/find.ts"),
    import("../backends/index.ts"),
  ]);
  const backends = (await allBackends(BACKENDS)).filter(({ onMembers }) => onMembers === true);
  const found = await Promise.all(
    backends.map((backend) => backend.presence(host, runDir).catch(() => "unknown" as const)),
  );
  return found.some((presence) => presence !== "absent");
}
