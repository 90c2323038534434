import { describe, expect, it } from "vitest";
import { DEFAULT_MARK, fabricMark } from "../../src/fabric/mark.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { desiredNetwork } from "../../src/host/desired.ts";
import { diffNetwork, ourRoutes, ownRules } from "../../src/host/diff.ts";
import type { ObservedNetwork } from "../../src/host/model/observed.ts";
import { deviceOwnership } from "../../src/host/model/ownership.ts";
import { removalPhases } from "../../src/host/removal.ts";
import { configFrom } from "../fabric/config.ts";
import { builtHost, SETTINGS, smallFabric } from "./network.ts";

const FOLDERS = { STATE_DIR: "/var/lib/second", RUN_DIR: "/run/second" };
const fabric = planFabric(
  configFrom(
    "NUM_RACKS=1",
    "NUM_SPINES=1",
    "NUM_U=3",
    ...Object.entries(FOLDERS).map((set) => set.join("=")),
  ),
);
const mark = fabricMark(FOLDERS);

/** Returns the network of the fabric as earlier builds marked it. */
function earlier(): ObservedNetwork {
  const built = builtHost(fabric);
  const ip = built.firewall.iptables?.ip;
  return {
    ...built,
    devices: built.devices.map((device) => ({
      ...device,
      group: device.group === 0 ? 0 : device.group - mark.linkGroup + DEFAULT_MARK.linkGroup,
    })),
    firewall: {
      ...built.firewall,
      iptables:
        ip === undefined
          ? null
          : {
              ip6: { forwardDrops: false, rules: [] },
              ip: { ...ip, rules: ip.rules.map((rule) => ({ ...rule, owner: DEFAULT_MARK.comment })) },
            },
    },
  };
}

describe("a fabric that an earlier build brought up", () => {
  it("is found, and gets marks of its own", () => {
    const observed = earlier();
    expect(observed.devices.filter(deviceOwnership(fabric, observed.devices))).toHaveLength(
      observed.devices.length - 1,
    );
    const changes = diffNetwork(fabric, desiredNetwork(fabric, observed, SETTINGS), observed);
    const kinds = new Set(changes.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(["set-device", "remove-rule", "add-rule"]));
    expect(
      changes.every(
        (change) => change.kind !== "set-device" || change.wrong.every((w) => w.name === "group"),
      ),
    ).toBe(true);
  });

  it("is removed with its own groups and rules", () => {
    const observed = earlier();
    const text = JSON.stringify(removalPhases(fabric, observed));
    expect(text).toContain(`link del group ${DEFAULT_MARK.linkGroup}`);
    expect(ownRules(fabric, observed).length).toBeGreaterThan(0);
  });
});

describe("another fabric's network", () => {
  it("is not this one's: no device, rule or route of it is removed", () => {
    const other = builtHost(smallFabric);
    expect(other.devices.filter(deviceOwnership(fabric, other.devices))).toEqual([]);
    expect(ownRules(fabric, other)).toEqual([]);
    expect(ourRoutes(fabric, other)).toEqual([]);
    expect(removalPhases(fabric, { ...other, managerFiles: {} })).toEqual([]);
  });
});
