import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";

/** Time limit of one attempt, in seconds. It ends with the first answer. */
const LOOK_S = 1;

/** Reports whether this address answers one of five pings within a second. */
export async function isReachable(host: Host, address: Address): Promise<boolean> {
  const { exitCode } = await host.run(
    { file: "ping", args: ["-n", "-q", "-c", "1", "-i", "0.2", "-w", String(LOOK_S), String(address)] },
    // 1: no answer; 2: no route yet (ping(8)).
    { okExitCodes: [1, 2] },
  );
  return exitCode === 0;
}
