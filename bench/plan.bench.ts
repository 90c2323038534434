import { bench, describe } from "vitest";
import { memberParts } from "../src/fabric/member-part.ts";
import { planFabric } from "../src/fabric/plan.ts";
import type { Fabric, LinkEnd } from "../src/fabric/types.ts";
import { configFrom, ROOMY } from "../test/fabric/config.ts";

describe("planFabric", () => {
  const shipped = configFrom();
  const tall = configFrom("NUM_U=48");
  const large = configFrom(...ROOMY, "NUM_RACKS=64", "NUM_SPINES=8", "NUM_U=48");
  bench("3 racks, 15 U, 2 spines: as shipped", () => void planFabric(shipped));
  bench("3 racks, 48 U, 2 spines", () => void planFabric(tall));
  const members = Array.from({ length: 8 }, (_, index) => `m${index + 1}=10.0.0.${index + 1}`);
  const onHosts = configFrom(
    ...ROOMY,
    "NUM_RACKS=64",
    "NUM_SPINES=8",
    "NUM_U=48",
    `HOSTS=${members.join(",")}`,
  );
  bench(
    "64 racks, 48 U, 8 spines on 8 hosts, and the hosts' parts",
    () => void memberParts(planFabric(onHosts)),
    {
      iterations: 20,
    },
  );
  const many = repeated(planFabric(onHosts), 30);
  bench(`${many.nodes.length} switches: the parts of 8 hosts`, () => void memberParts(many), {
    iterations: 5,
  });
  bench("64 racks, 48 U, 8 spines", () => void planFabric(large), { iterations: 20 });
});

/** Returns a fabric with so many copies of every switch and link: more than a configuration can have. */
function repeated(fabric: Fabric, copies: number): Fabric {
  const numbers = Array.from({ length: copies }, (_, number) => number);
  const endOf = (end: LinkEnd, copy: number) =>
    end.kind === "node" ? { ...end, node: `${end.node}-${copy}` } : end;
  return {
    ...fabric,
    nodes: numbers.flatMap((copy) => fabric.nodes.map((node) => ({ ...node, name: `${node.name}-${copy}` }))),
    links: numbers.flatMap((copy) =>
      fabric.links.map((link) => ({
        ...link,
        interfaces: link.interfaces.map((each) => ({ ...each, end: endOf(each.end, copy) })),
      })),
    ),
  };
}
