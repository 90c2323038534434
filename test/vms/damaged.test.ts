import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findNamed, findRecords } from "../../src/cli/commands/vm/find-vm.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { withoutTones } from "../../src/format/tone.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { vmFolder } from "../../src/vms/folder.ts";
import { formatVms } from "../../src/vms/format.ts";
import { findVms, observeVms, vmStates } from "../../src/vms/observe.ts";
import { writeRecord } from "../../src/vms/record.ts";
import { removeVm } from "../../src/vms/stop.ts";
import { shippedConfig } from "../fabric/config.ts";
import { profile } from "./profile.ts";

const local = localHost();
/** Without cgroups, so that no VM of this machine's own is touched. */
const host: Host = {
  ...local,
  readFile: (path, options) =>
    path === "/proc/self/mountinfo" ? Promise.resolve("") : local.readFile(path, options),
};
let root: string;

beforeEach(async () => {
  root = await mkdtemp(`${tmpdir()}/ikvswitch-test-`);
  const place = { rack: 1, position: 3, announced: null, wanted: false, boot: null, cd: null } as const;
  await writeRecord(host, vmFolder(placeOf(), "web1"), {
    ...{ version: 1, name: "web1", ...place },
    profile: profile(),
  });
  await host.writeFile(vmFolder(placeOf(), "web2").record, '{"version":1,"name":"web2","rack":"1"}');
  await host.writeFile(`${vmFolder(placeOf(), "web2").state}/disk1.qcow2`, "a disk");
});

afterEach(() => host.remove(root));

function placeOf() {
  return { stateDir: `${root}/state`, runDir: `${root}/run` };
}

function context() {
  return {
    host,
    settings: settingsOf(shippedConfig({ STATE_DIR: `${root}/state`, RUN_DIR: `${root}/run` })),
  };
}

describe("a VM whose record is damaged", () => {
  it("is shown without position and profile, which only the record tells", async () => {
    const vms = await observeVms(host, placeOf(), await findVms(host, placeOf()), []);
    expect(vms).toMatchObject([
      { name: "web1", state: "off", rack: 1, position: 3, profile: "test" },
      { name: "web2", state: "damaged", rack: null, position: null, profile: null, memoryMiB: null },
    ]);
    expect(await vmStates(host, placeOf())).toEqual([
      { name: "web1", rack: 1, position: 3, profile: "test", state: "off" },
      { name: "web2", rack: null, position: null, profile: null, state: "damaged" },
    ]);
    expect(withoutTones(formatVms(vms)).split("\n")[2]).toMatch(/^web2 +- +damaged +- +-$/);
  });

  it("is not used, with the command that deletes it", async () => {
    await expect(findRecords(context(), ["web1", "web2"])).rejects.toThrow(
      `${root}/state/vms/web2/vm.json is damaged; 'ikvswitch vm rm web2' deletes the VM`,
    );
  });

  it("is found by `vm rm`, which deletes it with its disks, and no other VM", async () => {
    expect(await findNamed(context(), ["web2"])).toEqual([{ name: "web2", record: null }]);
    await removeVm(host, placeOf(), "web2");
    expect(await host.list(`${root}/state/vms`)).toEqual(["web1"]);
    expect((await findVms(host, placeOf())).map(({ name }) => name)).toEqual(["web1"]);
  });
});
