import { bench, describe } from "vitest";
import { planFabric } from "../src/fabric/plan.ts";
import { configFrom, ROOMY } from "../test/fabric/config.ts";

describe("planFabric", () => {
  const shipped = configFrom();
  const tall = configFrom("NUM_U=48");
  const large = configFrom(...ROOMY, "NUM_RACKS=64", "NUM_SPINES=8", "NUM_U=48");
  bench("3 racks, 15 U, 2 spines: as shipped", () => void planFabric(shipped));
  bench("3 racks, 48 U, 2 spines", () => void planFabric(tall));
  bench("64 racks, 48 U, 8 spines", () => void planFabric(large), { iterations: 20 });
});
