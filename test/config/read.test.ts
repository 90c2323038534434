import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { locateProblems } from "../../src/config/locate.ts";
import { readConfig } from "../../src/config/read.ts";
import { renderTemplate } from "../../src/config/template.ts";
import { ConfigError, formatProblem } from "../../src/errors.ts";

const debian = readFileSync(new URL("../fixtures/conf/debian.conf", import.meta.url), "utf8");
const template = renderTemplate();

function refusal(text: string, sets: readonly string[]): string[] {
  try {
    readConfig(text, "test.conf", { sets });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(formatProblem);
    }
    throw error;
  }
}

describe("a configuration", () => {
  it("has the values of the Debian package's file", () => {
    const { config } = readConfig(debian, "debian.conf");
    expect(config).toMatchObject({
      MY_IP: "10.2.34.71",
      HOST_VIRTUAL_SUBNET_PREFIX: "192.168.96",
      HOST_VIRTUAL_SUBNET_NET1: "192.168.96",
      HOST_VIRTUAL_SUBNET_NET3: "192.168.98",
      MAC_PREFIX: "00:22:22:dd:ee",
      GUEST_MAC_ADDRESS_PREFIX: "08:00:27:06:ac",
      NUM_U: 23,
      AS_START: 65500,
      DHCPD_SUBNET: { 1: "192.168.110", 2: "192.168.111", 3: "192.168.112" },
      VLAN_SBUNET_PREFIX: {
        1: "192.168.113",
        2: "192.168.114",
        3: "192.168.115",
        4: "192.168.116",
        5: "192.168.117",
      },
      VM_ROOT_PASS: "changeme",
    });
  });

  it("differs between the Debian package's file and the shipped one only in MY_IP, NUM_U and IPv6", () => {
    const shipped = readConfig(template, "shipped.conf").config;
    const differences = { MY_IP: "10.2.34.71", NUM_U: 23, HOST_VIRTUAL_SUBNET6: "" };
    expect(readConfig(debian, "debian.conf").config).toEqual({ ...shipped, ...differences });
  });

  it("is the same from the shipped file as without a file, which has no IPv6", () => {
    const shipped = readConfig(template, "shipped.conf").config;
    expect(shipped.HOST_VIRTUAL_SUBNET6).toBe("fd69:6b76:7377::/48");
    const withoutIpv6 = { ...shipped, HOST_VIRTUAL_SUBNET6: "" };
    expect(JSON.stringify(withoutIpv6)).toBe(JSON.stringify(readConfig("", null).config));
  });

  it("has the shipped defaults", () => {
    expect(readConfig("", null).config).toMatchObject({
      MY_IP: "auto",
      NUM_RACKS: 3,
      NUM_SPINES: 2,
      NUM_U: 15,
      NETWORK_PREFIX_LENGTH: 19,
      FABRIC_MTU: 9000,
      SERVER_PREFIXES: [],
      SERVER_MAX_PREFIXES: 100,
      DHCP_RELAY_DESTINATION: "192.168.100.2",
      DHCP_BOOT_FILE_BIOS: "undionly.kpxe",
      DHCP_BOOT_FILE_UEFI: "ipxe.efi",
      DOMAIN: "ikvswitch.internal",
      BMC_USER: "admin",
      ACCEL: "auto",
      SWITCH_MEMORY_MIB: { all: 256, byName: {} },
      SWITCH_VCPUS: { all: 1, byName: {} },
      VNC_DISPLAY_START: 80,
      VNC_LISTEN: "auto",
      EMULATOR_USER: "ikvswitch",
      STATE_DIR: "/var/lib/ikvswitch",
      RUN_DIR: "/run/ikvswitch",
      SSH_AUTHORIZED_KEYS: "/root/.ssh/authorized_keys",
    });
  });

  it("moves all networks if the file has only the two keys of the whole network's position", () => {
    const { config } = readConfig(
      "HOST_VIRTUAL_SUBNET_START_PREFIX=10.99\nHOST_VIRTUAL_SUBNET_END_PREFIX=128",
      "test.conf",
    );
    expect(config).toMatchObject({
      HOST_VIRTUAL_SUBNET_PREFIX: "10.99.128",
      HOST_VIRTUAL_SUBNET_NET1: "10.99.128",
      HOST_VIRTUAL_SUBNET_NET3: "10.99.130",
      DHCP_RELAY_DESTINATION: "10.99.132.2",
      DHCPD_SUBNET: { 1: "10.99.142", 2: "10.99.143", 3: "10.99.144" },
      VLAN_SBUNETS_START_IP: 145,
      VLAN_SBUNET_PREFIX: { 1: "10.99.145", 5: "10.99.149" },
    });
  });

  it("has a network for each VLAN", () => {
    const { config } = readConfig(template, "test.conf", { sets: ["VLAN_SUBNETS_NUM=7"] });
    expect(config.VLAN_SBUNET_PREFIX).toMatchObject({ 6: "192.168.118", 7: "192.168.119" });
    expect(readConfig("", null, { sets: ["VLAN_SUBNETS_NUM=0"] }).config.VLAN_SBUNET_PREFIX).toEqual({});
  });

  it("has DHCP networks for racks with a default, and for those that the file names", () => {
    const few = readConfig("NUM_RACKS=2", "test.conf").config.DHCPD_SUBNET;
    expect(few).toEqual({ 1: "192.168.110", 2: "192.168.111" });
    const many = readConfig("NUM_RACKS=6\nDHCPD_SUBNET_5=192.168.120", "test.conf").config.DHCPD_SUBNET;
    expect(Object.keys(many)).toEqual(["1", "2", "3", "5"]);
  });

  it("may name networks of racks that don't exist, even twice", () => {
    const { config } = readConfig("NUM_RACKS=1\nDHCPD_SUBNET_2=192.168.110", "test.conf");
    expect(config.DHCPD_SUBNET).toEqual({ 1: "192.168.110", 2: "192.168.110" });
  });

  it("may have its PXE server on the host, in a rack, or outside", () => {
    for (const address of ["192.168.96.1", "192.168.110.9", "10.2.34.5"]) {
      expect(
        readConfig("", null, { sets: [`DHCP_RELAY_DESTINATION=${address}`] }).config.DHCP_RELAY_DESTINATION,
      ).toBe(address);
    }
  });

  it("has the source of each value", () => {
    const { entries, file } = readConfig("\nNUM_U=20\nNUM_RACKS=2\n", "test.conf", { sets: ["NUM_RACKS=1"] });
    expect(file).toBe("test.conf");
    expect(entries.NUM_U?.source).toEqual({ kind: "file", file: "test.conf", line: 2 });
    expect(entries.NUM_RACKS?.source).toEqual({ kind: "set" });
    expect(entries.NUM_SPINES?.source).toEqual({ kind: "default" });
    expect(entries.DHCPD_SUBNET_1?.text).toBe("192.168.110");
  });
});

describe("--set", () => {
  it("takes precedence over the file, also in values that refer to the key", () => {
    const { config } = readConfig(debian, "debian.conf", {
      sets: ["HOST_VIRTUAL_SUBNET_START_PREFIX=10.99"],
    });
    expect(config).toMatchObject({
      HOST_VIRTUAL_SUBNET_PREFIX: "10.99.96",
      HOST_VIRTUAL_SUBNET_NET3: "10.99.98",
      DHCPD_SUBNET: { 3: "10.99.112" },
      VLAN_SBUNET_PREFIX: { 5: "10.99.117" },
    });
  });

  it("moves the shipped file's network with one key", () => {
    const { config } = readConfig(template, "test.conf", {
      sets: ["HOST_VIRTUAL_SUBNET_START_PREFIX=10.99"],
    });
    expect(JSON.stringify(config).match(/192\.168\.[0-9.]*/g)).toEqual(["192.168.200.1"]);
  });

  it("takes the value literally", () => {
    const set = (text: string) =>
      readConfig("", null, { sets: [`VM_ROOT_PASS=${text}`] }).config.VM_ROOT_PASS;
    for (const text of ["$NUM_U", "a b", "'quoted'", "a=b", "#x", "`id`", "a\\b", "~"]) {
      expect(set(text)).toBe(text);
    }
  });

  it("applies even to a key that the file uses before it assigns it", () => {
    const text =
      "HOST_VIRTUAL_SUBNET_NET1=$HOST_VIRTUAL_SUBNET_START_PREFIX.96\nHOST_VIRTUAL_SUBNET_START_PREFIX=10.1";
    const { config } = readConfig(text, "test.conf", { sets: ["HOST_VIRTUAL_SUBNET_START_PREFIX=10.99"] });
    expect(config.HOST_VIRTUAL_SUBNET_NET1).toBe("10.99.96");
  });

  it("replaces a line that can't be evaluated, but not one that can't be parsed", () => {
    expect(refusal("NUM_U=$NO_SUCH", ["NUM_U=3"])).toEqual([]);
    expect(refusal("NUM_U=$(x)", ["NUM_U=3"])).toHaveLength(1);
  });

  it("uses the last value of a key", () => {
    expect(readConfig("", null, { sets: ["NUM_U=3", "NUM_U=4"] }).config.NUM_U).toBe(4);
  });

  it("has its problems reported before those of the file", () => {
    expect(
      refusal("NUM_U=x", [
        "NUM_RACKS",
        "=3",
        "NUM_RAKCS=3",
        "NUM_SPINES=x",
        "DOMAIN=a\nb",
        "HOST_VIRTUAL_SUBNET_END_PREFIX=1",
      ]),
    ).toEqual([
      '--set: "NUM_RACKS" is not KEY=VALUE, such as NUM_U=15',
      '--set: "=3" is not KEY=VALUE, such as NUM_U=15',
      "--set: NUM_RAKCS: unknown key; did you mean NUM_RACKS?",
      '--set: NUM_SPINES: "x" is not a whole number from 1 to 9',
      "--set: DOMAIN: the value contains the unprintable character U+000A; remove it",
      "--set: HOST_VIRTUAL_SUBNET_END_PREFIX: 192.168.1.0/19 begins within 192.168.0.0/19 (up to 192.168.31.255); write HOST_VIRTUAL_SUBNET_END_PREFIX=0",
      'test.conf:1: NUM_U: "x" is not a whole number from 3 to 1025',
    ]);
  });
});

describe("the plan of a configuration", () => {
  const complain = () => {
    throw new ConfigError([
      { file: "", key: "NUM_U", message: "too high" },
      { file: "", key: "LEAF_TO_VM_VLAN_NUM", message: "taken" },
    ]);
  };

  it("has its problems reported with the others, one per key, with file and line", () => {
    const read = () => readConfig("NUM_U=20\n\nLEAF_TO_VM_VLAN_NUM=11", "test.conf", { plan: complain });
    expect(read).toThrow(
      "test.conf:1: NUM_U: too high\n" +
        "test.conf:3: LEAF_TO_VM_VLAN_NUM: LEAF_TO_VM_VLAN_NUM=11 is also one of the L2 VLANs, 11 to 15 " +
        "(VLAN_START, VLAN_SUBNETS_NUM); both are on the same ports, so take an id that is free",
    );
  });

  it("is not made for a configuration with invalid values", () => {
    expect(() => readConfig("NUM_U=x", "test.conf", { plan: complain })).toThrow(
      'test.conf:1: NUM_U: "x" is not a whole number from 3 to 1025',
    );
  });

  it("may fail for another reason, which is not reported as a problem of the file", () => {
    const fail = () => {
      throw new TypeError("a defect");
    };
    expect(() => readConfig("", null, { plan: fail })).toThrow(TypeError);
  });

  it("is made once, and returned", () => {
    let calls = 0;
    const count = ({ NUM_U }: { readonly NUM_U: number }) => {
      calls += 1;
      return NUM_U;
    };
    expect(readConfig("NUM_U=20", "test.conf", { plan: count }).plan).toBe(20);
    expect(calls).toBe(1);
  });
});

describe("a problem found by the planner", () => {
  it("gets the file and line of its key", () => {
    const loaded = readConfig("NUM_RACKS=2\nVLAN_SBUNETS_START_IP=120", "test.conf", { sets: ["NUM_U=3"] });
    const problem = (key: string) => ({ file: "", key, message: "wrong" });
    const keys = [
      "NUM_RACKS",
      "NUM_U",
      "VLAN_SBUNET2_PREFIX",
      "DHCPD_SUBNET_1",
      "DHCPD_SUBNET_9",
      "__proto__",
    ];
    expect(locateProblems(loaded, keys.map(problem)).map(formatProblem)).toEqual([
      "test.conf:1: NUM_RACKS: wrong",
      "--set: NUM_U: wrong",
      "test.conf:2: VLAN_SBUNET2_PREFIX: wrong; its default follows from VLAN_SBUNETS_START_IP",
      "defaults: DHCPD_SUBNET_1: wrong",
      "defaults: DHCPD_SUBNET_9: wrong",
      "defaults: __proto__: wrong",
    ]);
  });
});

describe("choices that the caller passes", () => {
  const choices = { BACKEND: ["one", "two"] } as const;

  it("are the values that a key can have", () => {
    expect(readConfig("BACKEND=two", "test.conf", { choices }).config.BACKEND).toBe("two");
    expect(() => readConfig("NUM_U=x\nBACKEND=three", "test.conf", { choices })).toThrow(
      /test.conf:1: NUM_U: .*\ntest.conf:2: BACKEND: "three" is not one of one, two/,
    );
  });

  it("are optional: without them any well-formed name is accepted", () => {
    expect(readConfig("BACKEND=three", "test.conf").config.BACKEND).toBe("three");
    expect(() => readConfig("BACKEND=../x", "test.conf")).toThrow("is not the name of a backend");
  });
});
