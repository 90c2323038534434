import { describe, expect, it } from "vitest";
import { findFabrics, sharesMarks } from "../../src/host/fabrics.ts";
import { mergeRecords } from "../../src/host/record.ts";
import { builtHost, smallFabric, withDevice } from "./network.ts";

const built = builtHost(smallFabric);
const OWN = { stateDir: "/var/lib/ikvswitch", runDir: "/run/ikvswitch" };

describe("the fabrics on a host", () => {
  it("are found by the alias of their own bridges, once each", () => {
    expect(findFabrics(built.devices)).toEqual([{ ...OWN, bridgeGroup: 26988, bridges: ["ikhb", "bripmi"] }]);
  });

  it("are not those of a foreign bridge, or of one whose alias is another's", () => {
    const unmarked = withDevice(built, "ikhb", { alias: "the lab's" });
    expect(findFabrics(unmarked.devices).flatMap(({ bridges }) => bridges)).toEqual(["bripmi"]);
    const foreign = withDevice(built, "eth0", { alias: "ikvswitch:/var/lib/second:/run/second", group: 0 });
    expect(findFabrics(foreign.devices)).toHaveLength(1);
  });

  it("can't be told apart if another has this one's link groups, as with earlier builds", () => {
    const [own] = findFabrics(built.devices);
    const other = { ...OWN, stateDir: "/var/lib/second", bridgeGroup: 26988, bridges: [] };
    expect(own !== undefined && sharesMarks(smallFabric, own)).toBe(false);
    expect(sharesMarks(smallFabric, other)).toBe(true);
    expect(sharesMarks(smallFabric, { ...other, bridgeGroup: 26990 })).toBe(false);
  });
});

it("the host's settings before two fabrics are those that the first one found", () => {
  const bootId = "c2b891de";
  const first = {
    version: 1,
    bootId,
    sysctls: { ip_forward: "0" },
    firewall: { tables: ["inet own"], chains: [] },
  } as const;
  const second = {
    version: 1,
    bootId,
    sysctls: null,
    firewall: { tables: ["inet own", "ip nat"], chains: ["ip nat POSTROUTING"] },
  } as const;
  expect(mergeRecords(first, second)).toEqual(first);
  expect(mergeRecords(second, first)).toEqual(first);
});
