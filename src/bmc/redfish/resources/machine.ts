import type { MachineFacts } from "../../model/control.ts";

/** What a machine and its chassis have in common. */
export function identityOf({ name, role }: Pick<MachineFacts, "name" | "role">) {
  return { Id: name, Name: name, Manufacturer: "ikvswitch", Model: MODELS[role] } as const;
}

const MODELS = {
  internet: "internet router",
  spine: "spine switch",
  leaf: "leaf switch",
  server: "server",
} as const satisfies Record<MachineFacts["role"], string>;

/** Power and status of a machine, and of its chassis. */
export function powerOf(power: "on" | "off") {
  return power === "on"
    ? { PowerState: "On", Status: { State: "Enabled", Health: "OK" } }
    : { PowerState: "Off", Status: { State: "StandbyOffline", Health: "OK" } };
}
