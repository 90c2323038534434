import { CommandError, TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { Address } from "../net/address.ts";
import { fieldsOf, objectsIn, parseJson, textOf } from "../untrusted-json.ts";
import type { Machines } from "./machines.ts";

const TIMEOUT_MS = 20_000;

/** Returns the router that a DHCP server named to the internet router; null if it has no lease, or does not answer. */
export async function leasedGateway(machines: Machines, { nodes }: Fabric): Promise<Address | null> {
  const name = nodes.find(({ role }) => role === "internet")?.name ?? "";
  try {
    const { stdout } = await machines.exec(
      name,
      { file: "/usr/sbin/ip", args: ["-j", "route", "show", "default"] },
      { timeoutMs: TIMEOUT_MS },
    );
    const [route] = objectsIn(parseJson(stdout));
    return Address.parse(textOf(fieldsOf(route).gateway, ""));
  } catch (error) {
    if (error instanceof CommandError || error instanceof TimeoutError) {
      return null;
    }
    throw error;
  }
}
