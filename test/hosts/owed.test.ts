import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addOwed, demandNothingOwed, mergeOwed, readOwed, writeOwed } from "../../src/hosts/owed.ts";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
const place = { backend: "incus", runDir: "/run/ikvswitch", urls: [], project: "fabric", pool: "default" };
const network = { address: "10.0.0.3", login: "root" };
const containers = { name: "gamma", instances: ["leaf6", "leaf5"], network: null };
const links = { name: "gamma", instances: [], network };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/owed-`);
});
afterEach(() => rm(folder, { recursive: true }));

it("what is left on a member comes together, and each thing once", () => {
  const both = { name: "gamma", instances: ["leaf5", "leaf6"], network };
  expect(mergeOwed([containers], [links])).toEqual([both]);
  expect(mergeOwed([both], [containers, { ...links, name: "beta" }])).toEqual([
    both,
    { ...links, name: "beta" },
  ]);
});

it("only root may read the record, which is removed with the last thing that is owed", async () => {
  expect(await readOwed(host, folder)).toBeUndefined();
  await demandNothingOwed(host, folder);
  await addOwed(host, folder, place, []);
  expect(await readOwed(host, folder)).toBeUndefined();
  await addOwed(host, folder, place, [containers]);
  await addOwed(host, folder, place, [links]);
  const path = `${folder}/owed.json`;
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
    ...place,
    version: 1,
    members: [{ name: "gamma", instances: ["leaf5", "leaf6"], network }],
  });
  await expect(demandNothingOwed(host, folder)).rejects.toThrow(
    [
      "The fabric is down, but not all of it is removed:",
      "  gamma does not answer; left there: leaf5, leaf6, its links",
      "Run 'ikvswitch down' again when gamma is back.",
    ].join("\n"),
  );
  await writeOwed(host, folder, { ...place, version: 1, members: [{ ...containers, instances: [] }] });
  await expect(stat(path)).rejects.toThrow("ENOENT");
});
