import { expect, it } from "vitest";
import type { Controlled } from "../../../src/bmc/model/control.ts";
import { joinRepeated } from "../../../src/bmc/proxy/join-repeated.ts";

it("does not begin an action again that is under way, but afterwards, also if it failed", async () => {
  const ends: (() => void)[] = [];
  const idle = async () => {};
  const machine: Controlled = {
    ...{ power: async () => "on", powerOn: idle, cutPower: idle, pressPowerButton: idle, interrupt: idle },
    ...{ boot: null, media: null },
    reset: () => new Promise((_, reject) => ends.push(() => reject(new Error("it is off")))),
  };
  const { reset } = joinRepeated(machine);
  const both = [reset(), reset()];
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await Promise.all(both.map((one) => expect(one).rejects.toThrow("it is off")));
  const third = reset();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await expect(third).rejects.toThrow();
});
