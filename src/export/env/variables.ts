import type { Fabric } from "../../fabric/types.ts";

/** What is not in the plan. */
export interface Surroundings {
  /** Name of the fabric. */
  readonly name: string;
  /** Absolute path of the configuration; null for the defaults. */
  readonly file: string | null;
  readonly backend: string;
  readonly stateDir: string;
  readonly runDir: string;
}

/**
 * Returns a fabric's facts as environment variables for scripts. IKVSWITCH_CONF is also read by ikvswitch itself; it is
 * left out where `--name` finds the file.
 */
export function fabricVariables(
  fabric: Fabric,
  surroundings: Surroundings,
): Readonly<Record<string, string>> {
  const { name, file, backend, stateDir, runDir } = surroundings;
  const names = (role: string) =>
    fabric.nodes
      .filter((node) => node.role === role)
      .map((node) => node.name)
      .join(" ");
  return {
    ...(file === null ? {} : { IKVSWITCH_CONF: file }),
    IKVSWITCH_NAME: name,
    IKVSWITCH_BACKEND: backend,
    IKVSWITCH_STATE_DIR: stateDir,
    IKVSWITCH_RUN_DIR: runDir,
    IKVSWITCH_DOMAIN: fabric.domain,
    IKVSWITCH_RACKS: String(fabric.racks.length),
    IKVSWITCH_NODES: fabric.nodes.map((node) => node.name).join(" "),
    IKVSWITCH_SPINES: names("spine"),
    IKVSWITCH_LEAVES: names("leaf"),
    ...Object.fromEntries(
      fabric.nodes.flatMap(({ name: node, loopback, loopback6 }) => [
        [`IKVSWITCH_LOOPBACK_${node}`, String(loopback)],
        ...(loopback6 === undefined ? [] : [[`IKVSWITCH_LOOPBACK6_${node}`, String(loopback6)]]),
      ]),
    ),
  };
}
