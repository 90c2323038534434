import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import { projectPath } from "../../integration/namespace.ts";
import { bmcWords, untilPrinted as untilLetter } from "../bmc-console.ts";
import { bootCd, bootDisk } from "../boot-media.ts";
import { BMC_PASSWORD, createFabricSite, type FabricSite, STATE_DIR } from "../fabric-site.ts";

// BMCs of VMs in a rack: one VM, whose disk prints D and whose CD prints C on the console of its BMC.

const FOLDER = "/run/test-media";
const SETTINGS = [
  ...["BACKEND=netns", "NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=4"],
  `VM_PROFILES=${FOLDER}/profiles.ini`,
];
const ADDRESS = "192.168.200.14";
const SECOND_ADDRESS = "192.168.200.15";
const TIMEOUT_MS = 300_000;

let site: FabricSite;

beforeAll(async () => {
  site = await createFabricSite(SETTINGS);
  await site.host.shell(`mkdir -m 755 ${FOLDER}`);
  await put("disk.img", bootDisk("D"));
  await put("cd.iso", bootCd("C"));
  await put("profiles.ini", `[metal]\nmemory = 16\ndisk1 = ${FOLDER}/disk.img\n[huge]\nmemory = 900000\n`);
  await site.ikvswitch(["up"]);
  await site.ikvswitch(["vm", "create", "-t", "metal", "db1"]);
}, TIMEOUT_MS);

afterAll(() => site.close(), TIMEOUT_MS);

/** Writes a file that everybody can read into the folder of the site. */
async function put(name: string, content: string | Uint8Array): Promise<void> {
  const path = `/tmp/ikvswitch-media-${process.pid}`;
  await writeFile(path, content);
  await site.host.run("mv", [path, `${FOLDER}/${name}`]);
  await site.host.run("chmod", ["644", `${FOLDER}/${name}`]);
}

async function ipmitool(...command: readonly string[]) {
  return site.host.run("ipmitool", [...bmcWords(ADDRESS), ...command], { exitCodes: [0, 1] });
}

async function power(): Promise<string> {
  return (await ipmitool("chassis", "power", "status")).stdout.trim();
}

const untilPower = (state: string) =>
  pollUntil({ what: `power ${state}`, timeoutMs: 60_000, intervalMs: 200 }, async () => {
    const seen = await power();
    return seen === `Chassis Power is ${state}` ? { done: true, value: undefined } : { done: false, seen };
  });

const untilPrinted = (letter: string) => untilLetter(site, ADDRESS, letter);

const bootOf = async () => site.json(["vm", "boot", "db1"]);

it("a VM that can't be started is not made by `vm create --start`", async () => {
  const { stderr } = await site.ikvswitch(["vm", "create", "-t", "huge", "--start"], [3]);
  expect(stderr).toContain("huge1 needs 900000 MiB");
  expect(JSON.stringify(await site.json(["vm", "ls"]))).not.toContain("huge1");
});

describe("the BMC of a VM", () => {
  it(
    "switches it on, with its serial console, and off",
    async () => {
      expect(await power()).toBe("Chassis Power is off");
      await ipmitool("chassis", "power", "on");
      await untilPower("on");
      await untilPrinted("D");
      await ipmitool("chassis", "power", "off");
      await untilPower("off");
      expect((await ipmitool("fru", "print")).stdout).toMatch(/Product Name +: db1/);
    },
    TIMEOUT_MS,
  );

  it(
    "has it boot once from another device, also across a reset",
    async () => {
      await site.ikvswitch(["vm", "insert", "db1", `${FOLDER}/cd.iso`]);
      expect((await ipmitool("chassis", "bootdev", "cdrom")).exitCode).toBe(0);
      expect(await bootOf()).toMatchObject({ boot: { target: "cd", until: "once" }, cd: `${FOLDER}/cd.iso` });
      expect((await ipmitool("chassis", "bootparam", "get", "5")).stdout).toContain("CD/DVD");
      await ipmitool("chassis", "power", "on");
      await untilPrinted("C");
      expect(await bootOf()).toMatchObject({ boot: null });
      await ipmitool("chassis", "power", "reset");
      await untilPrinted("D");
    },
    TIMEOUT_MS,
  );

  it(
    "has it boot from another device until told otherwise",
    async () => {
      await ipmitool("chassis", "bootdev", "cdrom", "options=persistent");
      expect(await bootOf()).toMatchObject({ boot: { target: "cd", until: "always" } });
      await ipmitool("chassis", "power", "reset");
      await untilPrinted("C");
      await ipmitool("chassis", "power", "reset");
      await untilPrinted("C");
      await ipmitool("chassis", "bootdev", "none");
      await ipmitool("chassis", "power", "cycle");
      await untilPrinted("D");
    },
    TIMEOUT_MS,
  );

  it(
    "gets its image from the web, and refuses files that are none",
    async () => {
      const file = projectPath("test/e2e/range-server.mjs");
      const server = site.host.start(process.execPath, [file, `${FOLDER}/cd.iso`, "8123"]);
      await site.host.shell("until curl -sf -o /dev/null http://127.0.0.1:8123/; do sleep 0.1; done");
      await site.ikvswitch(["vm", "insert", "db1", "http://127.0.0.1:8123/cd.iso"]);
      await site.ikvswitch(["vm", "boot", "db1", "cd"]);
      await ipmitool("chassis", "power", "reset");
      await untilPrinted("C");
      const refused = await site.ikvswitch(["vm", "insert", "db1", `${FOLDER}/disk.img`], [2]);
      expect(refused.stderr).toContain("is no ISO image");
      await site.ikvswitch(["vm", "eject", "db1"]);
      server.kill("SIGTERM");
      expect(await bootOf()).toMatchObject({ boot: null, cd: null });
    },
    TIMEOUT_MS,
  );

  it(
    "speaks Redfish with OpenStack's client: power, boot device and firmware, CD",
    async () => {
      await site.ikvswitch(["vm", "eject", "db1"]);
      const program = projectPath("test/integration/redfish-client.py");
      const certificate = `${STATE_DIR}/bmc/db1/certificate.pem`;
      const server = [`https://${ADDRESS}`, "admin", BMC_PASSWORD, certificate];
      const { stdout } = await site.host.run("/usr/bin/python3", [program, ...server, `${FOLDER}/cd.iso`]);
      const seen = JSON.parse(stdout);
      expect(seen).toMatchObject({
        systems: [{ name: "db1", uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
        basic: ["db1"],
        wrongPassword: { SessionAuth: 401, BasicAuth: 401 },
        boot: {
          "pxe once": { target: "Pxe", enabled: "Once", mode: "Legacy" },
          "hdd continuous": { target: "Hdd", enabled: "Continuous", mode: "UEFI" },
          legacy: { mode: "Legacy" },
          disabled: { enabled: "Disabled" },
        },
        media: {
          empty: { inserted: false },
          inserted: { image: `${FOLDER}/cd.iso`, inserted: true },
          ejected: { inserted: false },
        },
        power: { ForceOff: "Off", On: "On", GracefulShutdown: "Off" },
      });
      expect(Object.keys(seen.systems[0].nics)).toEqual(["02:69:01:00:03:01", "02:69:01:00:03:02"]);
      const guid = (await ipmitool("mc", "guid", "rfc4122")).stdout;
      expect(guid).toContain(seen.systems[0].uuid);
      await ipmitool("chassis", "power", "on");
      await untilPower("on");
    },
    TIMEOUT_MS,
  );

  it(
    "stays as it is while other VMs come and go, and comes back after a kill",
    async () => {
      const agent = () => site.host.shell("cat /run/ikvswitch/bmc/*/process");
      const before = (await agent()).stdout;
      await site.ikvswitch(["vm", "create", "-t", "metal", "db2"]);
      const second = await site.host.run("ipmitool", [...bmcWords(SECOND_ADDRESS), "mc", "guid"]);
      expect(second.exitCode).toBe(0);
      await site.ikvswitch(["vm", "rm", "db2"]);
      expect((await agent()).stdout).toBe(before);
      expect((await site.host.shell("ip -br -4 address show bripmi")).stdout).not.toContain(SECOND_ADDRESS);
      await site.host.shell(
        "kill -KILL $(cut -d' ' -f1 /run/ikvswitch/bmc/*/process /run/ikvswitch/bmc/nodes/*/process)",
      );
      await site.ikvswitch(["vm", "create", "-t", "metal", "db2"]);
      expect(await power()).toBe("Chassis Power is on");
    },
    TIMEOUT_MS,
  );

  it("has nothing done that is no request of a BMC", async () => {
    const request = "/run/ikvswitch/bmc/attendant/agent-request";
    const log = "/run/ikvswitch/logs/bmc-agent/log";
    await site.host.shell(
      `printf '%s\\n' '1 rm db1' '2 off --all' '3 insert db1 /etc/passwd' '4 off db1;reboot' >${request}`,
    );
    const logged = async () => (await site.host.shell(`cat ${log}`)).stdout;
    await expect.poll(logged, { timeout: 30_000 }).toContain("no ISO image");
    expect(await power()).toBe("Chassis Power is on");
    expect(await logged()).not.toMatch(/rm db1|--all|reboot/);
  });
});
