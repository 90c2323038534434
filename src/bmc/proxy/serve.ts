import { isDeepStrictEqual } from "node:util";
import type { Host } from "../../system/host.ts";
import type { Controlled } from "../model/control.ts";
import type { ProxiedBmc, ProxyConfig } from "../proxy-config.ts";
import { serveRedfish } from "../redfish/serve.ts";
import { bootDuration } from "./boot-flags.ts";
import { serveChassis } from "./chassis.ts";
import { serveConsole } from "./console.ts";
import { serveFront } from "./front.ts";
import { joinRepeated } from "./join-repeated.ts";
import { sessionReader } from "./session-keys.ts";

/** What serves BMCs. */
export interface Proxy {
  /**
   * Serves these BMCs instead of those before. Sessions of BMCs that stay as they are go on.
   * @throws if a socket or FIFO can't be opened.
   */
  serve(config: Pick<ProxyConfig, "access" | "bmcs">): Promise<void>;
}

interface Served {
  readonly bmc: ProxiedBmc;
  readonly access: ProxyConfig["access"];
  readonly end: AbortController;
}

/**
 * Returns what serves BMCs: forwards datagrams between clients and simulators, joins consoles, and carries out chassis
 * commands. One process serves all, so that a power command does not have to start one.
 * @param controlOf returns what a BMC does to its machine.
 */
export function bmcProxy(host: Host, controlOf: (bmc: ProxiedBmc) => Controlled): Proxy {
  let served: readonly Served[] = [];
  return {
    serve: async ({ access, bmcs }) => {
      const stays = ({ bmc, access: old }: Served) =>
        isDeepStrictEqual(old, access) && bmcs.some((wanted) => isDeepStrictEqual(wanted, bmc));
      for (const { end } of served.filter((one) => !stays(one))) {
        end.abort();
      }
      const kept = served.filter(stays);
      const added = bmcs
        .filter((bmc) => !kept.some((one) => isDeepStrictEqual(one.bmc, bmc)))
        .map((bmc): Served => ({ bmc, access, end: new AbortController() }));
      served = [...kept, ...added];
      const starts = added.map((one) => startServing(host, one, joinRepeated(controlOf(one.bmc))));
      await Promise.all(starts.map(({ ready }) => ready));
      // Last, because our starter takes the open UDP ports as the sign that everything is ready.
      await Promise.all(starts.map(({ listen }) => listen()));
    },
  };
}

function startServing(host: Host, { bmc, access, end: { signal } }: Served, machine: Controlled) {
  let until: "once" | "always" = "once";
  serveChassis(machine, bmc, { signal, bootDuration: () => until });
  const { facts, redfish: socket, tls } = bmc;
  // Another program may have the port of HTTPS on all addresses. IPMI works nevertheless.
  const redfish = serveRedfish({ facts, socket, access, tls }, machine, signal).catch((error: Error) => {
    process.stderr.write(`${facts.name} has no Redfish: ${error.message}\n`);
  });
  return {
    ready: Promise.all([serveConsole(host, bmc, signal), redfish]),
    listen: () =>
      serveFront(bmc, {
        sessions: sessionReader(access.password),
        // The simulator passes only the device on, right after this message.
        onMessage: (message) => {
          until = bootDuration(message) ?? until;
        },
        signal,
      }),
  };
}
