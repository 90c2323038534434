import { describe, expect, it } from "vitest";
import { fabricAlias, findOtherFabric } from "../../src/host/other-fabric.ts";
import { builtHost, FOLDERS, smallFabric, withDevice } from "./network.ts";

const { devices } = builtHost(smallFabric);

describe("another fabric on this host", () => {
  it("is not found if the bridges belong to this configuration's folders, or to no known fabric", () => {
    expect(findOtherFabric(FOLDERS, devices)).toEqual([]);
    const unmarked = withDevice(builtHost(smallFabric), "ikhb", { alias: null }).devices;
    expect(findOtherFabric(FOLDERS, unmarked)).toEqual([]);
    const foreign = withDevice(builtHost(smallFabric), "ikhb", { alias: "the lab's" }).devices;
    expect(findOtherFabric(FOLDERS, foreign)).toEqual([]);
  });

  it.each([
    ["STATE_DIR", { ...FOLDERS, stateDir: "/var/lib/second" }],
    ["RUN_DIR", { ...FOLDERS, runDir: "/run/second" }],
  ])("is found if it has another %s, and is named", (_, folders) => {
    const [problem, ...more] = findOtherFabric(folders, devices);
    expect(more).toEqual([]);
    expect(problem?.what).toBe(
      "another fabric runs on this host: bridges ikhb, bripmi, STATE_DIR=/var/lib/ikvswitch, RUN_DIR=/run/ikvswitch",
    );
    expect(problem?.fix).toContain(
      "ikvswitch down --set STATE_DIR=/var/lib/ikvswitch --set RUN_DIR=/run/ikvswitch",
    );
    const own = { ...folders, alias: fabricAlias(folders) };
    expect(findOtherFabric(folders, withDevice(builtHost(smallFabric), "eth0", own).devices)).toHaveLength(1);
  });
});
