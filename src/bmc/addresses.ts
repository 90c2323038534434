import type { InterfaceName } from "../fabric/types.ts";
import type { Command, Host } from "../system/host.ts";

/**
 * Give the BMC bridge exactly these BMC addresses. They are its /32s; other addresses on it are none of ours.
 * A bridge that does not exist has no addresses, and is given none.
 */
export async function setBmcAddresses(
  host: Host,
  bridge: InterfaceName,
  wanted: readonly string[],
): Promise<void> {
  const present = await presentAddresses(host, bridge);
  const command = present && addressBatch(bridge, present, wanted);
  if (command) {
    await host.run(command);
  }
}

/** The command that turns the present addresses into the wanted ones; null where they are the same. */
export function addressBatch(
  bridge: InterfaceName,
  present: readonly string[],
  wanted: readonly string[],
): Command | null {
  const changes = [
    ...present
      .filter((address) => !wanted.includes(address))
      .map((address) => `address del ${address}/32 dev ${bridge}`),
    ...wanted
      .filter((address) => !present.includes(address))
      .map((address) => `address add ${address}/32 dev ${bridge}`),
  ];
  return changes.length === 0
    ? null
    : { file: "ip", args: ["-batch", "-"], input: changes.map((change) => `${change}\n`).join("") };
}

/** The /32s in what `ip -json address show` prints. */
export function hostAddresses(ipOutput: string): readonly string[] {
  const links = JSON.parse(ipOutput) as readonly {
    readonly addr_info?: readonly {
      readonly family: string;
      readonly local: string;
      readonly prefixlen: number;
    }[];
  }[];
  return links
    .flatMap((link) => link.addr_info ?? [])
    .filter((info) => info.family === "inet" && info.prefixlen === 32)
    .map((info) => info.local);
}

async function presentAddresses(host: Host, bridge: InterfaceName): Promise<readonly string[] | undefined> {
  const shown = await host.run(
    { file: "ip", args: ["-json", "-4", "address", "show", "dev", bridge] },
    // No such bridge.
    { okExitCodes: [1] },
  );
  return shown.exitCode === 0 ? hostAddresses(shown.stdout) : undefined;
}
