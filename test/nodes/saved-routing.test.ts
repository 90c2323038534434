import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric } from "../../src/fabric/types.ts";
import { untaggedFabric } from "../../src/fabric/untagged.ts";
import { readSaved, savedPath, writeSaved } from "../../src/nodes/saved-routing.ts";
import { routingFacts } from "../../src/render/routing-facts.ts";
import { localHost } from "../../src/system/local-host.ts";
import { configFrom } from "../fabric/config.ts";

const host = localHost();
let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(`${tmpdir()}/ikvswitch-saved-`);
});

afterEach(() => rm(stateDir, { recursive: true }));

const planned = (...lines: readonly string[]) => planFabric(configFrom(...lines));

function facts(fabric: Fabric, name = "leaf5") {
  const node = fabric.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) {
    throw new Error(`no ${name}`);
  }
  return routingFacts(fabric, node);
}

const read = (fabric: Fabric, name = "leaf5") => readSaved(host, stateDir, name, facts(fabric, name));
const FRR = "frr version 10.3\n! mine\nhostname leaf5\nend\n";

it("a saved configuration is used with the same plan", async () => {
  expect(await read(planned())).toEqual({ kind: "none" });
  await writeSaved(host, stateDir, "leaf5", { facts: facts(planned()), frrConf: FRR });
  expect(await read(planned())).toEqual({ kind: "fits", frrConf: FRR });
  expect(await read(planned("DNS_SERVERS=192.0.2.1", "VM_ROOT_PASS=mine"))).toMatchObject({ kind: "fits" });
});

it.each([
  ["AS_START=64600", /^the plan changed: AS number \d+, now 646\d\d; AS numbers of switches differ$/],
  [
    "HOST_VIRTUAL_SUBNET_START_PREFIX=10.9",
    /router ID 192\.168\.[\d.]+, now 10\.9\.[\d.]+.*prefixes of servers/,
  ],
  ["BFD_INTERVAL_MS=900", /^the plan changed: BFD interval \d+ ms, now 900 ms$/],
  ["NUM_SPINES=3", /neighbors ens4 .*, now .*ens6/],
  ["SERVER_PREFIXES=10.9.0.0/16", /^the plan changed: prefixes of servers differ$/],
  ["NUM_RACKS=2", /AS numbers of switches differ/],
])("a saved configuration is not used if the plan now has %s", async (line, reason) => {
  await writeSaved(host, stateDir, "leaf3", { facts: facts(planned(), "leaf3"), frrConf: FRR });
  expect(await read(planned(line), "leaf3")).toEqual({
    kind: "unfit",
    reason: expect.stringMatching(reason),
  });
});

it("a saved configuration is not used if the kernel now has VLANs", async () => {
  await writeSaved(host, stateDir, "leaf5", { facts: facts(untaggedFabric(planned())), frrConf: FRR });
  expect(await read(planned())).toMatchObject({ kind: "unfit" });
});

it.each([
  [FRR, "frr.conf does not record the plan it was saved for"],
  ["", "frr.conf is damaged"],
  ["\0\0", "frr.conf is damaged"],
])("a saved configuration is not used if the file is %j", async (text, reason) => {
  await writeSaved(host, stateDir, "leaf5", { facts: facts(planned()), frrConf: FRR });
  await writeFile(savedPath(stateDir, "leaf5"), text);
  expect(await read(planned())).toEqual({ kind: "unfit", reason: expect.stringContaining(reason) });
});

it("an unused saved configuration is kept as .unused when another one is saved", async () => {
  const path = savedPath(stateDir, "leaf5");
  await writeSaved(host, stateDir, "leaf5", { facts: facts(planned()), frrConf: FRR });
  const first = await readFile(path, "utf8");
  const other = facts(planned("AS_START=64600"));
  await writeSaved(host, stateDir, "leaf5", { facts: other, frrConf: "other\n" });
  await writeSaved(host, stateDir, "leaf5", { facts: other, frrConf: "third\n" });
  expect(await readFile(`${path}.unused`, "utf8")).toBe(first);
  expect(await readSaved(host, stateDir, "leaf5", other)).toEqual({ kind: "fits", frrConf: "third\n" });
});
