import type { BootOverride, Controlled, Firmware, MachineFacts } from "../../../src/bmc/model/control.ts";

export const facts: MachineFacts = {
  name: "web1",
  role: "server",
  uuid: "6f1f8f4e-3b1c-5d0a-9a4e-0d3c2b1a0f9e",
  vcpus: 2,
  memoryMiB: 1536,
  nics: [
    { name: "eth0", mac: "52:54:00:12:34:56", mtu: 1500 },
    { name: "eth1", mac: "52:54:00:12:34:57", mtu: 9000 },
  ],
};

export const access = { user: "admin", password: "open sesame" };

export interface MemoryMachine {
  readonly control: Controlled;
  /** What was done to it, in order. */
  readonly log: string[];
  readonly state: {
    power: "on" | "off";
    override: BootOverride | null;
    firmware: Firmware;
    image: string | null;
  };
  /** Set it to make each operation fail. */
  failure: Error | undefined;
}

/** A machine of which only the state exists. A press of its button switches it off at once. */
export function memoryMachine(): MemoryMachine {
  const machine: Omit<MemoryMachine, "control"> = {
    log: [],
    state: { power: "off", override: null, firmware: "bios", image: null },
    failure: undefined,
  };
  const { log, state } = machine;
  const act = (name: string, change: () => void = () => {}) => {
    if (machine.failure !== undefined) {
      throw machine.failure;
    }
    log.push(name);
    change();
  };
  const control: Controlled = {
    power: async () => state.power,
    powerOn: async () => act("powerOn", () => (state.power = "on")),
    cutPower: async () => act("cutPower", () => (state.power = "off")),
    pressPowerButton: async () => act("pressPowerButton", () => (state.power = "off")),
    reset: async () => act("reset"),
    interrupt: async () => act("interrupt"),
    boot: {
      override: async () => state.override,
      setOverride: async (override) => act("setOverride", () => (state.override = override)),
      firmware: async () => state.firmware,
      setFirmware: async (firmware) => act("setFirmware", () => (state.firmware = firmware)),
    },
    media: {
      inserted: async () => state.image,
      insert: async (image) => act("insert", () => (state.image = image)),
      eject: async () => act("eject", () => (state.image = null)),
    },
  };
  return Object.assign(machine, { control });
}

/** A switch: it has neither boot devices nor a drive. */
export function memorySwitch(): MemoryMachine {
  const machine = memoryMachine();
  return Object.assign(machine, { control: { ...machine.control, boot: null, media: null } });
}
