import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { makeReset, type ResetType, resetRequest } from "../../../../src/bmc/redfish/machine/reset.ts";
import { facts, type MemoryMachine, memoryMachine } from "../machine.ts";

function resetOf(machine: MemoryMachine, ended = new AbortController().signal) {
  return makeReset(machine.control, facts, ended);
}

/** Resets a new machine; returns what was done to it, or the key of the refusal. */
async function outcome(power: "on" | "off", type: ResetType) {
  const machine = memoryMachine();
  machine.state.power = power;
  const problem = await resetOf(machine)(type);
  return problem?.MessageId ?? machine.log.join();
}

const NEEDS_POWER = "Base.1.16.ChassisPowerStateOnRequired";

describe("a reset", () => {
  it.each([
    ["On", "powerOn", ""],
    ["ForceOff", "", "cutPower"],
    ["GracefulShutdown", NEEDS_POWER, "pressPowerButton"],
    ["GracefulRestart", NEEDS_POWER, "pressPowerButton,powerOn"],
    ["ForceRestart", NEEDS_POWER, "reset"],
    ["Nmi", NEEDS_POWER, "interrupt"],
    ["PushPowerButton", "powerOn", "pressPowerButton"],
  ] as const)(
    "of type %s does %j to a machine that is off, and %j to one that is on",
    async (type, off, on) => {
      expect([await outcome("off", type), await outcome("on", type)]).toEqual([off, on]);
    },
  );

  it("that waits for the machine to shut down ends with the next one", async () => {
    const machine = memoryMachine();
    machine.state.power = "on";
    const deaf = { ...machine.control, pressPowerButton: async () => {} };
    const reset = makeReset(deaf, facts, new AbortController().signal);
    const restart = expect(reset("GracefulRestart")).rejects.toThrow("another reset was requested");
    await sleep(10);
    await reset("ForceOff");
    await restart;
    expect(machine).toMatchObject({ log: ["cutPower"], state: { power: "off" } });
  });

  it("that waits for the machine to shut down ends with the service", async () => {
    const machine = memoryMachine();
    machine.state.power = "on";
    const deaf = { ...machine.control, pressPowerButton: async () => {} };
    const ending = new AbortController();
    const restart = expect(makeReset(deaf, facts, ending.signal)("GracefulRestart")).rejects.toThrow();
    ending.abort();
    await restart;
    expect(machine.log).toEqual([]);
  });

  it("reports why the machine can't do it", async () => {
    const machine = memoryMachine();
    machine.failure = new Error("no such disk");
    await expect(resetOf(machine)("On")).rejects.toThrow("no such disk");
  });
});

describe("the parameters of a reset", () => {
  it("are its type", () => {
    expect(resetRequest({ ResetType: "Nmi" })).toEqual({ type: "Nmi" });
  });

  it.each([
    [{}, "ActionParameterMissing"],
    [{ ResetType: "on" }, "ActionParameterValueNotInList"],
    [{ ResetType: "PowerCycle" }, "ActionParameterValueNotInList"],
    [{ ResetType: ["On"] }, "ActionParameterValueTypeError"],
    [{ ResetType: null }, "ActionParameterValueTypeError"],
    [{ ResetType: "On", Delay: 1 }, "ActionParameterUnknown"],
  ])("are refused if they are %j", (body, key) => {
    expect(resetRequest(body)).toMatchObject({ problem: { MessageId: `Base.1.16.${key}` } });
  });
});
