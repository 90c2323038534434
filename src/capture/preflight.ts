import { PreflightError } from "../errors.ts";
import type { InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";

/** The programs that a capture may need, with their purposes. Their Debian packages have the same names. */
const PURPOSES = { tcpdump: "captures frames", wireshark: "shows frames" } as const;

/**
 * Checks the requirements of a capture.
 * @throws PreflightError without one of the programs, or without the interface.
 */
export async function checkCapture(
  host: Host,
  interfaceName: InterfaceName,
  programs: readonly (keyof typeof PURPOSES)[] = ["tcpdump"],
): Promise<void> {
  const [found, flags] = await Promise.all([
    Promise.all(programs.map((file) => host.run({ file: "which", args: [file] }, { okExitCodes: [1] }))),
    host.readFile(`/sys/class/net/${interfaceName}/flags`),
  ]);
  const missing = [
    ...programs
      .filter((_, index) => found[index]?.exitCode !== 0)
      .map((program) => ({
        what: `missing program: ${program}`,
        why: PURPOSES[program],
        fix: `apt install ${program}`,
      })),
    ...(flags !== undefined
      ? []
      : [
          {
            what: `missing interface: ${interfaceName}`,
            why: "frames are captured there",
            fix: "ikvswitch up",
          },
        ]),
  ];
  if (missing.length > 0) {
    throw new PreflightError(missing);
  }
}
