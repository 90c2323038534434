import { describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { compareDigests, digestFiles } from "../../src/render/hash.ts";
import { FRR_CONF } from "../../src/render/render.ts";
import { sha256 } from "../../src/render/sha256.ts";
import type { NodeFile } from "../../src/render/types.ts";
import { shippedConfig } from "../fabric/config.ts";
import { nodeOf, render, siteOf } from "./site.ts";

const fabric = planFabric(shippedConfig());
const before = render(fabric, nodeOf(fabric, "leaf1"));

function changesTo(after: readonly NodeFile[]) {
  return compareDigests(digestFiles(before), digestFiles(after));
}

describe("sha256", () => {
  it("equals sha256sum of a text in UTF-8", () => {
    // FIPS 180-2, section B.1; printf '→' | sha256sum
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256("→")).toBe("161660030aa6c9e32470cc1c023dab32dc748d80b0e61882b368cb775d12638e");
  });
});

describe("digests of a node's files", () => {
  it("are equal for equal files in any order, and show no change", () => {
    expect(digestFiles([...before].reverse())).toEqual(digestFiles(before));
    expect(changesTo(before)).toEqual([]);
  });

  it("differ in a file's content or mode, and for an added or removed file", () => {
    const edit = (change: (file: NodeFile) => NodeFile | null) =>
      before.flatMap((file) => (file.path === "/etc/hosts" ? (change(file) ?? []) : file));
    expect(changesTo(edit((file) => ({ ...file, content: `${file.content}#\n` })))).toEqual([
      { path: "/etc/hosts", change: "changed" },
    ]);
    expect(changesTo(edit((file) => ({ ...file, mode: 0o600 })))).toMatchObject([{ change: "changed" }]);
    expect(changesTo(edit(() => null))).toMatchObject([{ path: "/etc/hosts", change: "removed" }]);
    expect(changesTo([...before, { path: "/etc/issue", mode: 0o644, content: "" }])).toMatchObject([
      { path: "/etc/issue", change: "added" },
    ]);
  });

  it("contain no secret", () => {
    expect(JSON.stringify(digestFiles(before))).not.toContain("private key");
  });
});

describe("the files that depend on a setting", () => {
  it.each([
    ["SERVER_MAX_PREFIXES", { SERVER_MAX_PREFIXES: 7 }, [FRR_CONF]],
    [
      "a DHCP reservation",
      { DHCP_RESERVATIONS: ["52:54:00:00:00:01=192.168.110.5"] },
      ["/etc/kea/kea-dhcp4.conf"],
    ],
    ["FABRIC_MTU", { FABRIC_MTU: 1500 }, ["/etc/ikvswitch/network.batch"]],
  ] as const)("%s", (_title, overrides, paths) => {
    const changed = planFabric(shippedConfig(overrides as Parameters<typeof shippedConfig>[0]));
    const changes = changesTo(render(changed, nodeOf(changed, "leaf1")));
    expect(changes.map(({ path }) => path)).toEqual(paths);
  });

  it("a new root password", () => {
    const site = siteOf(fabric, { rootPasswordHash: "$6$other" });
    const changes = changesTo(render(fabric, nodeOf(fabric, "leaf1"), site));
    expect(changes).toEqual([{ path: "/etc/ikvswitch/root.hash", change: "changed" }]);
  });
});
