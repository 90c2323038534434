import { describe, expect, it } from "vitest";
import { qemuMachines } from "../../src/backends/qemu/machines.ts";
import { chassisControl } from "../../src/bmc/chassis-control.ts";
import type { BootOverride, Controlled } from "../../src/bmc/model/control.ts";
import { switchControl } from "../../src/bmc/switch-control.ts";
import { localHost } from "../../src/system/local-host.ts";

/** Sends the request to the chassis of a node that was never brought up. */
async function ask(request: string) {
  const machine = switchControl(qemuMachines(localHost(), "/nonexistent"), "leaf3");
  return chassisControl(machine, request.split(" "), "once");
}

describe("the chassis", () => {
  it("of a node without a VM is off, and can be switched off again", async () => {
    expect(await ask("get power")).toEqual({ exitCode: 0, text: "power:0" });
    expect(await ask("set power 0")).toEqual({ exitCode: 0, text: "" });
  });

  it("reports why it can't be switched on, reset or shut down", async () => {
    expect(await ask("set power 1")).toEqual({
      exitCode: 1,
      text: expect.stringContaining("run 'ikvswitch up'"),
    });
    expect((await ask("set reset 1")).exitCode).toBe(1);
    expect((await ask("set shutdown 1")).exitCode).toBe(1);
  });

  it("has no boot device to select", async () => {
    expect(await ask("get boot")).toEqual({ exitCode: 0, text: "boot:none" });
    expect(await ask("set boot none")).toEqual({ exitCode: 0, text: "" });
    expect(await ask("set boot pxe")).toEqual({ exitCode: 1, text: "unsupported boot device: pxe" });
  });

  it("accepts `identify`, and refuses unknown requests", async () => {
    expect(await ask("set identify 15 0")).toEqual({ exitCode: 0, text: "" });
    expect(await ask("get weather")).toEqual({ exitCode: 1, text: "unknown request: get weather" });
  });
});

describe("the chassis of a VM", () => {
  it("takes a boot device for as long as the client wants, and tells it", async () => {
    let override: BootOverride | null = null;
    const never = () => Promise.reject(new Error("not asked for"));
    const machine: Controlled = {
      power: async () => "off",
      ...{ powerOn: never, cutPower: never, pressPowerButton: never, reset: never, interrupt: never },
      boot: {
        override: async () => override,
        setOverride: async (wanted) => {
          override = wanted;
        },
        firmware: async () => "bios",
        setFirmware: never,
      },
      media: null,
    };
    const tell = (request: string, until: "once" | "always") =>
      chassisControl(machine, request.split(" "), until);
    expect(await tell("set boot pxe", "always")).toEqual({ exitCode: 0, text: "" });
    expect(override).toEqual({ target: "network", until: "always" });
    expect(await tell("get boot", "once")).toEqual({ exitCode: 0, text: "boot:pxe" });
    await tell("set boot default", "once");
    expect(override).toEqual({ target: "disk", until: "once" });
    await tell("set boot none", "once");
    expect(override).toBeNull();
    expect((await tell("set boot bios", "once")).exitCode).toBe(1);
  });
});
