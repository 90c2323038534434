import { describe, expect, it } from "vitest";
import { fabricAlias, findOtherFabric } from "../../src/host/other-fabric.ts";
import { builtHost, FOLDERS, smallFabric, withLink } from "./network.ts";

const { links } = builtHost(smallFabric);

describe("another fabric on this host", () => {
  it("is none where the bridges are of this configuration's folders, of nobody known, or of others", () => {
    expect(findOtherFabric(FOLDERS, links)).toEqual([]);
    const unmarked = withLink(builtHost(smallFabric), "ikhb", { alias: null }).links;
    expect(findOtherFabric(FOLDERS, unmarked)).toEqual([]);
    const foreign = withLink(builtHost(smallFabric), "ikhb", { alias: "the lab's" }).links;
    expect(findOtherFabric(FOLDERS, foreign)).toEqual([]);
  });

  it.each([
    ["STATE_DIR", { ...FOLDERS, stateDir: "/var/lib/second" }],
    ["RUN_DIR", { ...FOLDERS, runDir: "/run/second" }],
  ])("is one that has another %s, and is named", (_, folders) => {
    const [problem, ...more] = findOtherFabric(folders, links);
    expect(more).toEqual([]);
    expect(problem?.what).toBe(
      "another fabric runs on this host: bridges ikhb, bripmi, STATE_DIR=/var/lib/ikvswitch, RUN_DIR=/run/ikvswitch",
    );
    expect(problem?.fix).toContain(
      "ikvswitch down --set STATE_DIR=/var/lib/ikvswitch --set RUN_DIR=/run/ikvswitch",
    );
    const own = { ...folders, alias: fabricAlias(folders) };
    expect(findOtherFabric(folders, withLink(builtHost(smallFabric), "eth0", own).links)).toHaveLength(1);
  });
});
