import type { InterfaceName } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import { InterfaceAddress } from "../net/interface-address.ts";
import type { Command, Host } from "../system/host.ts";

/**
 * Gives the BMC bridge exactly these BMC addresses. They are its /32s; other addresses on it are not ours. Does nothing
 * if the bridge does not exist.
 */
export async function setBmcAddresses(
  host: Host,
  bridge: InterfaceName,
  wanted: readonly Address[],
): Promise<void> {
  const present = await presentAddresses(host, bridge);
  const command = present && addressBatch(bridge, present, wanted);
  if (command) {
    await host.run(command);
  }
}

/** Returns the command that turns the present addresses into the wanted ones; null if they are the same. */
export function addressBatch(
  bridge: InterfaceName,
  present: readonly Address[],
  wanted: readonly Address[],
): Command | null {
  const line = (verb: "add" | "del", address: Address) =>
    `address ${verb} ${InterfaceAddress.single(address)} dev ${bridge}`;
  const changes = [
    ...without(present, wanted).map((address) => line("del", address)),
    ...without(wanted, present).map((address) => line("add", address)),
  ];
  return changes.length === 0
    ? null
    : { file: "ip", args: ["-batch", "-"], input: changes.map((change) => `${change}\n`).join("") };
}

function without(addresses: readonly Address[], others: readonly Address[]): readonly Address[] {
  return addresses.filter((address) => !others.some((other) => other.equals(address)));
}

/** Returns the /32s in the output of `ip -json address show`. */
export function hostAddresses(ipOutput: string): readonly Address[] {
  const devices = JSON.parse(ipOutput) as readonly {
    readonly addr_info?: readonly {
      readonly family: string;
      readonly local: string;
      readonly prefixlen: number;
    }[];
  }[];
  return devices
    .flatMap((device) => device.addr_info ?? [])
    .filter(({ family }) => family === "inet")
    .flatMap(({ local, prefixlen }) => InterfaceAddress.parse(`${local}/${prefixlen}`) ?? [])
    .filter(({ isSingle }) => isSingle)
    .map(({ address }) => address);
}

async function presentAddresses(host: Host, bridge: InterfaceName): Promise<readonly Address[] | undefined> {
  const shown = await host.run(
    { file: "ip", args: ["-json", "-4", "address", "show", "dev", bridge] },
    // No such bridge.
    { okExitCodes: [1] },
  );
  return shown.exitCode === 0 ? hostAddresses(shown.stdout) : undefined;
}
