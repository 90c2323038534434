import { CommandError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Machines } from "../nodes/machines.ts";
import { readStartupFragments } from "../nodes/startup-fragments.ts";
import { FRR_CONF } from "../render/render.ts";
import { mapAtOnce } from "../system/at-once.ts";
import type { Host } from "../system/host.ts";

/** Lines of FRR's complaint that are shown. */
const MOST_LINES = 5;

/**
 * Warns of the user's own fragments that FRR does not understand: a daemon that starts ignores such a line, and only its
 * log would tell.
 */
export async function warnOfBadFragments(
  host: Host,
  {
    startupDir,
    fabric,
    missing,
    machines,
    onWarning,
  }: {
    readonly startupDir: string;
    readonly fabric: Fabric;
    /** Names of switches that can't be asked. */
    readonly missing: readonly string[];
    readonly machines: Machines;
    readonly onWarning: (text: string) => void;
  },
): Promise<void> {
  const fragments = await readStartupFragments(host, startupDir, fabric);
  const names = [...fragments].flatMap(([name, own]) =>
    !missing.includes(name) && own.some(({ path }) => path === FRR_CONF) ? [name] : [],
  );
  const complaints = await mapAtOnce(names, machines.patience.atOnce, (name) => complaintOf(machines, name));
  for (const [index, complaint] of complaints.entries()) {
    if (complaint !== null) {
      onWarning(`FRR does not take all of ${startupDir}/${names[index]}/frr.conf:\n  ${complaint}`);
    }
  }
}

async function complaintOf(machines: Machines, name: string): Promise<string | null> {
  try {
    const command = { file: "vtysh", args: ["--dryrun", "--inputfile", FRR_CONF] };
    const { timeoutMs } = machines.patience;
    const { exitCode, stdout, stderr } = await machines.exec(name, command, {
      timeoutMs,
      okExitCodes: "any",
    });
    const lines = `${stdout}${stderr}`.split("\n").filter((line) => line.includes("%"));
    return exitCode === 0 ? null : lines.slice(0, MOST_LINES).join("\n  ") || `vtysh ended with ${exitCode}`;
  } catch (error) {
    if (error instanceof CommandError) {
      return error.message;
    }
    throw error;
  }
}
