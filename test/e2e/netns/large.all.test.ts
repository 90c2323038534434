import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../../src/fabric/plan.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { shippedConfig } from "../shipped-config.ts";

//   host ── internet ── spine1, spine2 ── leaf1 … leaf32

const SETS = ["NUM_RACKS=16"];
const fabric = planFabric(shippedConfig(SETS));
const TIMEOUT_MS = 240_000;

let site: NetnsSite;

beforeAll(async () => {
  site = await createNetnsSite(SETS);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

describe("a fabric of sixteen racks", () => {
  it(
    "comes up, and any switch is reached from any other",
    async () => {
      await site.ikvswitch(["up", "--timeout", "180"]);
      const { switches, asPlanned } = (await site.json(["status"])) as {
        readonly asPlanned: boolean;
        readonly switches: readonly { readonly sessions: { readonly up: number } }[];
      };
      expect(asPlanned).toBe(true);
      expect(switches.reduce((sum, { sessions }) => sum + sessions.up, 0)).toBe(2 * fabric.sessions.length);
      const loopbacks = fabric.nodes.map(({ loopback }) => loopback).join(" ");
      const script = `for a in ${loopbacks}; do ping -n -c 1 -W 5 -q $a >/dev/null || echo $a; done`;
      expect(await site.inside("leaf1", "sh", "-c", script)).toBe("");
      expect(await site.inside("leaf32", "sh", "-c", script)).toBe("");
    },
    TIMEOUT_MS,
  );
});
