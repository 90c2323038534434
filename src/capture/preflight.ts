import { PreflightError } from "../errors.ts";
import type { InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";

/**
 * Checks the requirements of a capture.
 * @throws PreflightError without tcpdump, or without the interface.
 */
export async function checkCapture(host: Host, interfaceName: InterfaceName): Promise<void> {
  const [found, flags] = await Promise.all([
    host.run({ file: "which", args: ["tcpdump"] }, { okExitCodes: [1] }),
    host.readFile(`/sys/class/net/${interfaceName}/flags`),
  ]);
  const missing = [
    ...(found.exitCode === 0
      ? []
      : [{ what: "missing program: tcpdump", why: "captures frames", fix: "apt install tcpdump" }]),
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
