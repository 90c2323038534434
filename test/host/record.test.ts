import { expect, it } from "vitest";
import { findRecord } from "../../src/host/record.ts";
import { localHost } from "../../src/system/local-host.ts";

const BOOT = "c2b891de-2157-43e3-ae25-f0133ab42705";
const WHOLE = {
  version: 1,
  bootId: BOOT,
  sysctls: { ip_forward: "0", "conf/all/accept_redirects": "1", "conf/eth0/forwarding": "0" },
  firewall: { tables: ["inet filter"], chains: ["inet filter forward"] },
};

/** Reads a record with this content. */
function found(document: unknown) {
  const readFile = async (path: string) =>
    path.endsWith("boot_id") ? `${BOOT}\n` : JSON.stringify(document);
  return findRecord({ ...localHost(), readFile }, "/var/lib/ikvswitch");
}

it("the host's recorded state is read back, unless it is from before the last boot", async () => {
  expect(await found(WHOLE)).toEqual({ kind: "whole", document: WHOLE });
  const nothingKnown = { ...WHOLE, sysctls: null, firewall: null };
  expect(await found(nothingKnown)).toEqual({ kind: "whole", document: nothingKnown });
  expect(await found({ ...WHOLE, bootId: "another" })).toEqual({ kind: "none" });
});

it.each([
  [{ sysctls: { "../../kernel/core_pattern": "1" } }, '"sysctls" is invalid'],
  [{ sysctls: { ip_forward: "|/bin/sh" } }, '"sysctls" is invalid'],
  [{ sysctls: undefined }, '"sysctls" is invalid'],
  [{ firewall: { tables: "all", chains: [] } }, '"firewall" is invalid'],
  [{ firewall: { tables: [], chains: [7] } }, '"firewall" is invalid'],
])(
  "a record with %j is damaged, since its names become paths and its values are written there",
  async (part, reason) => {
    expect(await found({ ...WHOLE, ...part })).toEqual({ kind: "damaged", reason });
  },
);
