import { setImmediate as nextTurn } from "node:timers/promises";
import { CommandError, TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import type { Machines } from "./machines.ts";

/** Time limit of one attempt, in seconds. It ends with the first answer. */
const LOOK_S = 1;
const PING = ["ping", "-n", "-q", "-c", "1", "-i", "0.2", "-w", `${LOOK_S}`];

/** Tells which addresses answer one of five pings within a second. */
export interface Pinger {
  readonly answers: (address: Address) => Promise<boolean>;
}

/**
 * Returns what pings the switches' loopbacks: this host, or the internet router if the switches are on other hosts,
 * where this one may have no way in.
 */
export function pinger(
  host: Host,
  { machines, fabric }: { readonly machines: Machines; readonly fabric: Fabric },
): Pinger {
  const internet = fabric.nodes.find(({ role }) => role === "internet");
  return fabric.cluster === undefined || internet === undefined
    ? { answers: (address) => isReachable(host, address) }
    : switchPinger(machines, internet.name);
}

async function isReachable(host: Host, address: Address): Promise<boolean> {
  const [file = "", ...args] = PING;
  // 1: no answer; 2: no route yet (ping(8)).
  const { exitCode } = await host.run({ file, args: [...args, String(address)] }, { okExitCodes: [1, 2] });
  return exitCode === 0;
}

/** Asked for several addresses at the same time, it starts one program for all of them. */
function switchPinger(machines: Machines, node: string): Pinger {
  let batch:
    | { readonly addresses: Set<string>; readonly answering: Promise<ReadonlySet<string>> }
    | undefined;
  const begin = () => {
    const addresses = new Set<string>();
    const answering = nextTurn().then(() => {
      batch = undefined;
      return pingFrom(machines, node, [...addresses]);
    });
    return { addresses, answering };
  };
  return {
    answers: async (address) => {
      batch ??= begin();
      batch.addresses.add(String(address));
      return (await batch.answering).has(String(address));
    },
  };
}

/** For the start of the program in the switch, besides the pings. */
const START_MS = 15_000;

const PING_ALL = `for address; do ${PING.join(" ")} "$address" >/dev/null 2>&1 && echo "$address" & done; wait`;

/** Returns those of the addresses that answer; none if the switch does not run. */
async function pingFrom(
  machines: Machines,
  node: string,
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  const command = { file: "sh", args: ["-c", PING_ALL, "sh", ...addresses] };
  try {
    const { stdout } = await machines.exec(node, command, { timeoutMs: START_MS });
    return new Set(stdout.split("\n"));
  } catch (error) {
    if (error instanceof CommandError || error instanceof TimeoutError) {
      return new Set();
    }
    throw error;
  }
}
