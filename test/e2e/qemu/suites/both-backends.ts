import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckItem } from "../../../../src/check/model/item.ts";
import type { CheckReport } from "../../../../src/check/model/report.ts";
import type { Fabric, LeafNode } from "../../../../src/fabric/types.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import type { FabricSite } from "../../fabric-site.ts";
import { createNetnsSite } from "../../netns-site.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";

/**
 * Compares the same configuration on both backends: the running virtual machines, and namespaces on a host of their
 * own. If this kernel has no 802.1Q, namespaces have neither VLANs nor DHCP, and only those may differ.
 *
 * @param shared the fabric of virtual machines
 * @param remaining leaf1's default route, as observed without its link to spine1
 */
export function backendTests(shared: SharedFabric, remaining: string): void {
  sharedSuite("the same on both backends", shared, () => comparisons(shared, remaining));
}

function comparisons({ site: machines, fabric, sets }: SharedFabric, remaining: string): void {
  describe("virtual machines and namespaces", () => {
    let namespaces: FabricSite;
    let untagged: boolean;

    beforeAll(async () => {
      namespaces = await createNetnsSite(sets);
      await namespaces.ikvswitch(["up"]);
      untagged = (await checked(namespaces)).notes.length > 0;
    });

    afterAll(() => namespaces?.close());

    it("give the same answers to the same check", async () => {
      const reports = await Promise.all([machines(), namespaces].map((site) => checked(site)));
      expect(reports.map(({ backend, asPlanned }) => [backend, asPlanned])).toEqual([
        ["qemu", true],
        ["netns", true],
      ]);
      const [ofMachines, ofNamespaces] = reports.map(({ items }) =>
        items
          .filter((item) => !untagged || !needsVlans(fabric, item))
          .map((item) => comparable(item, untagged)),
      );
      expect(ofNamespaces).toEqual(ofMachines);
      const leastItems = fabric.nodes.length ** 2 + fabric.links.length + 12 * fabric.sessions.length;
      expect(ofNamespaces?.length).toBeGreaterThan(leastItems);
    });

    it("give the same answers when the same link is cut", async () => {
      const kinds = ["--only", "bgp,default-route,ecmp"];
      const [ofMachines, ofNamespaces] = await Promise.all(
        [machines(), namespaces].map(async (site) => {
          await site.ikvswitch(["link", "down", "leaf1", "spine1"]);
          try {
            return await settled(site, kinds, "leaf1 default route");
          } finally {
            await site.ikvswitch(["link", "up", "leaf1", "spine1"]);
          }
        }),
      );
      const differences = (report: CheckReport | undefined) =>
        (report?.items ?? [])
          .filter((item) => item.ok !== true && (!untagged || !needsVlans(fabric, item)))
          // A session that is not established alternates between Idle, Connect and Active.
          .map(({ kind, subject, observed }) => [kind, subject, kind === "bgp" ? "" : observed]);
      expect(differences(ofNamespaces)).toEqual(differences(ofMachines));
      expect(differences(ofNamespaces)).toContainEqual(["default-route", "leaf1 default route", remaining]);
      const whole = await Promise.all([machines(), namespaces].map((site) => checked(site)));
      expect(whole.map(({ asPlanned }) => asPlanned)).toEqual([true, true]);
    });

    it("run the same FRR configuration, except for missing VLANs", async () => {
      for (const node of fabric.nodes) {
        const [ofMachine, ofNamespace] = await Promise.all(
          [machines(), namespaces].map(async (site) => {
            const configuration = await site.inside(node.name, "cat", "/etc/frr/frr.conf");
            // The sequence numbers of entries depend on the number of entries.
            return configuration.split("\n").map((line) => line.replace(/ (seq|permit) \d+/, " $1 N"));
          }),
        );
        const onlyIn = (some: readonly string[] = [], others: readonly string[] = []) =>
          some.filter((line) => !others.includes(line));
        const lacking = onlyIn(ofMachine, ofNamespace);
        const added = onlyIn(ofNamespace, ofMachine);
        if (node.role === "leaf" && untagged) {
          expect(lacking.filter((line) => !isAboutVlans(fabric, node, line))).toEqual([]);
          // Without VLANs servers use the ports themselves.
          expect(added).toEqual(
            lacking.filter((line) => line.includes(".10")).map((line) => line.replace(/(ens\d+)\.10/, "$1")),
          );
        } else {
          expect([...lacking, ...added]).toEqual([]);
        }
      }
    });
  });
}

/** Returns the report of `check` once the fabric is as planned, or after a timeout. */
async function checked(site: FabricSite): Promise<CheckReport> {
  return (await site.json(["check", "--wait", "60s"], [0, 4])) as CheckReport;
}

/** Waits until this item differs and two reports in a row have the same differences. */
async function settled(site: FabricSite, words: readonly string[], subject: string): Promise<CheckReport> {
  let last = "";
  return pollUntil({ what: "a steady state", timeoutMs: 90_000, intervalMs: 500 }, async () => {
    const report = (await site.json(["check", ...words], [0, 4])) as CheckReport;
    const different = report.items.filter(({ ok }) => ok !== true);
    const text = different.map((item) => `${item.kind} ${item.subject}`).join("\n");
    const done = text === last && different.some((item) => item.subject === subject);
    last = text;
    return done ? { done, value: report } : { done, seen: text };
  });
}

/** Reports whether an item is about networks or services that leaves have only with VLANs. */
function needsVlans(fabric: Fabric, { kind, subject }: CheckItem): boolean {
  return (
    kind === "dhcp" ||
    kind === "vlan" ||
    (kind === "ecmp" && leafNetworks(fabric).some((prefix) => subject.endsWith(` ${prefix}`)))
  );
}

/** Returns an item without durations, and without numbers of prefixes if one backend has more networks. */
function comparable({ kind, subject, node, expected, observed, ok }: CheckItem, untagged: boolean) {
  const text = (words: string) =>
    untagged && kind === "bgp" ? words.replace(/^\d+ (planned|or more)/, "N $1") : words;
  return { kind, subject, node, expected: text(expected), observed: text(observed), ok };
}

function leafNetworks(fabric: Fabric): readonly string[] {
  return fabric.nodes
    .flatMap((node) =>
      node.role === "leaf"
        ? [
            ...(node.dhcp === null ? [] : [node.dhcp.prefix, node.dhcp.network6?.prefix]),
            ...node.l2Vlans.flatMap(({ prefix, gateway6 }) => [prefix, gateway6?.prefix]),
          ]
        : [],
    )
    .flatMap((prefix) => (prefix === undefined ? [] : [String(prefix)]));
}

/**
 * Reports whether a line of frr.conf is about VLANs: interfaces of the servers' VLAN, announced networks with their router
 * advertisements, and networks that servers may not announce.
 */
function isAboutVlans(fabric: Fabric, leaf: LeafNode, line: string): boolean {
  const announced = [
    ...(leaf.dhcp === null ? [] : [leaf.dhcp.bridge]),
    ...leaf.l2Vlans.map((vlan) => vlan.interface),
  ];
  const neighbors = leaf.l2Vlans.flatMap(({ bgpServers }) => bgpServers);
  return (
    /\bens\d+\.10\b/.test(line) ||
    neighbors.some((address) => line.startsWith(` neighbor ${address} `)) ||
    (neighbors.length > 0 && line.startsWith(" ! Passive,")) ||
    announced.some((name) => [` match interface ${name}`, `interface ${name}`].includes(line)) ||
    ADVERTISED.test(line) ||
    leafNetworks(fabric).some((prefix) =>
      [
        `ip prefix-list FROM-SERVERS seq N deny ${prefix}`,
        `ipv6 prefix-list FROM-SERVERS seq N deny ${prefix}`,
        ` ipv6 nd prefix ${prefix}`,
      ].includes(line),
    )
  );
}

/** Of router advertisements to servers, unlike those to switches. */
const ADVERTISED =
  /^(! Servers learn their IPv6 network| ipv6 nd (ra-interval 30|(managed|other)-config-flag)$)/;
