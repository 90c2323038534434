import { describe, expect, it } from "vitest";
import { qemuMachines } from "../../src/backends/qemu/machines.ts";
import { chassisControl } from "../../src/bmc/chassis-control.ts";
import { localHost } from "../../src/system/local-host.ts";

/** Of a node that was never brought up. */
async function ask(request: string) {
  return chassisControl(qemuMachines(localHost(), "/nonexistent"), "leaf3", request.split(" "));
}

describe("the chassis", () => {
  it("of a node without a machine is off, and stays so", async () => {
    expect(await ask("get power")).toEqual({ exitCode: 0, text: "power:0" });
    expect(await ask("set power 0")).toEqual({ exitCode: 0, text: "" });
  });

  it("tells why it can't be switched on, reset or shut down", async () => {
    expect(await ask("set power 1")).toEqual({
      exitCode: 1,
      text: expect.stringContaining("run 'ikvswitch up'"),
    });
    expect((await ask("set reset 1")).exitCode).toBe(1);
    expect((await ask("set shutdown 1")).exitCode).toBe(1);
  });

  it("boots what it boots", async () => {
    expect(await ask("get boot")).toEqual({ exitCode: 0, text: "boot:none" });
    expect(await ask("set boot none")).toEqual({ exitCode: 0, text: "" });
    expect(await ask("set boot pxe")).toEqual({ exitCode: 1, text: "unsupported boot device: pxe" });
  });

  it("takes note of a wish to be identified, and refuses what it does not know", async () => {
    expect(await ask("set identify 15 0")).toEqual({ exitCode: 0, text: "" });
    expect(await ask("get weather")).toEqual({ exitCode: 1, text: "unknown request: get weather" });
  });
});
