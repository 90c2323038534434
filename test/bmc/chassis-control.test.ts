import { describe, expect, it } from "vitest";
import { qemuMachines } from "../../src/backends/qemu/machines.ts";
import { chassisControl } from "../../src/bmc/chassis-control.ts";
import { localHost } from "../../src/system/local-host.ts";

/** Sends the request to the chassis of a node that was never brought up. */
async function ask(request: string) {
  return chassisControl(qemuMachines(localHost(), "/nonexistent"), "leaf3", request.split(" "));
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
