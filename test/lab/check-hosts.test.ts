import { expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { demandOneHost } from "../../src/lab/check-hosts.ts";
import { configFrom } from "../fabric/config.ts";

it("a command for one host is refused on a fabric of several, which the message names", () => {
  demandOneHost(planFabric(configFrom()), "vm create");
  const several = planFabric(configFrom("HOSTS='alpha=10.0.0.1 beta=10.0.0.2'"));
  expect(() => demandOneHost(several, "vm create")).toThrow(
    "'ikvswitch vm create' works on a fabric of one host only; this one is on alpha, beta",
  );
});
