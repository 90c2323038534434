import { interfaceNames } from "../keys/interface-names.ts";
import type { Config } from "../keys/table.ts";
import { type Check, check, type JointProblem, problemIf } from "./check.ts";

const NAME_KEYS = [
  ...(Object.keys(interfaceNames.keys) as (keyof typeof interfaceNames.keys)[]).filter(
    (key) => key !== "INTERFACE_PREFIX",
  ),
  "HOST_IPMI_BRIDGE_NAME",
  "VM_TAP_NIC",
] as const;

/** Most of these names are prefixes to which numbers are added, so two equal ones would be confused. */
export const distinctNames: Check = {
  find: (values) => {
    const firstKeys = new Map<string, string>();
    return NAME_KEYS.flatMap((key): JointProblem[] => {
      const name = values[key] ?? "";
      const earlier = firstKeys.get(name);
      if (name !== "" && earlier === undefined) {
        firstKeys.set(name, key);
      }
      return earlier === undefined
        ? []
        : [
            {
              keys: [key, earlier],
              message: `${key} and ${earlier} are both ${name}; change one of them`,
            },
          ];
    });
  },
};

/** MACs from both prefixes, in the switches and on this host, occur on the same links. */
export const distinctMacs = check(["MAC_PREFIX", "GUEST_MAC_ADDRESS_PREFIX"], (config) =>
  problemIf(
    config.MAC_PREFIX === config.GUEST_MAC_ADDRESS_PREFIX,
    ["GUEST_MAC_ADDRESS_PREFIX", "MAC_PREFIX"],
    () => `GUEST_MAC_ADDRESS_PREFIX and MAC_PREFIX are both ${config.MAC_PREFIX}; change one of them`,
  ),
);

/** Values given by name must be of switches that exist. */
export const switchNames = (["SWITCH_MEMORY_MIB", "SWITCH_VCPUS"] as const).map((key) =>
  check([key, "NUM_SPINES", "NUM_RACKS"], (config) =>
    Object.keys(config[key].byName).flatMap((name) =>
      problemIf(
        !exists(name, config),
        [key],
        () => `unknown switch: ${name} (choose from ${existing(config)})`,
      ),
    ),
  ),
);

function exists(name: string, config: Pick<Config, "NUM_SPINES" | "NUM_RACKS">): boolean {
  const number = Number(/[0-9]+$/.exec(name)?.[0] ?? 0);
  return number <= (name.startsWith("spine") ? config.NUM_SPINES : 2 * config.NUM_RACKS);
}

function existing(config: Pick<Config, "NUM_SPINES" | "NUM_RACKS">): string {
  return `internet, spine1 to spine${config.NUM_SPINES}, leaf1 to leaf${2 * config.NUM_RACKS}`;
}
