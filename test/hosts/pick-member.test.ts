import { describe, expect, it } from "vitest";
import type { Member } from "../../src/fabric/cluster-types.ts";
import { type MemberUse, pickMember } from "../../src/hosts/pick-member.ts";
import { Address } from "../../src/net/address.ts";

function member(name: string, weight = 1): Member {
  return { name, weight, login: "root", address: Address.from("10.0.0.1") };
}

function uses(entries: Readonly<Record<string, Partial<MemberUse>>>): ReadonlyMap<string, MemberUse> {
  return new Map(
    Object.entries(entries).map(([name, use]) => [name, { running: 0, freeMemoryMiB: null, ...use }]),
  );
}

/** Places so many, one after the other, and returns how many each member got. */
function placeAll(members: readonly Member[], count: number): Record<string, number> {
  const running = Object.fromEntries(members.map(({ name }) => [name, 0]));
  for (let placed = 0; placed < count; placed += 1) {
    const use = uses(Object.fromEntries(members.map(({ name }) => [name, { running: running[name] ?? 0 }])));
    const picked = pickMember(members, use, 256)?.name ?? "none";
    running[picked] = (running[picked] ?? 0) + 1;
  }
  return running;
}

describe("the member that takes one more", () => {
  it("is each in turn, from the first, if all weigh the same", () => {
    expect(placeAll([member("alpha"), member("beta"), member("gamma")], 7)).toEqual({
      alpha: 3,
      beta: 2,
      gamma: 2,
    });
  });

  it("is chosen as often as its weight says", () => {
    expect(placeAll([member("alpha", 1), member("beta", 3), member("gamma", 0)], 40)).toEqual({
      alpha: 10,
      beta: 30,
      gamma: 0,
    });
  });

  it("has enough free memory", () => {
    const members = [member("alpha"), member("beta")];
    const use = uses({ alpha: { running: 0, freeMemoryMiB: 255 }, beta: { running: 9, freeMemoryMiB: 256 } });
    expect(pickMember(members, use, 256)?.name).toBe("beta");
    expect(pickMember(members, use, 257)).toBeNull();
  });

  it("is none whose use is unknown", () => {
    expect(pickMember([member("alpha"), member("beta")], uses({ beta: { running: 5 } }), 1)?.name).toBe(
      "beta",
    );
    expect(pickMember([member("alpha")], uses({}), 1)).toBeNull();
  });
});
