import { describe, expect, it } from "vitest";
import { KEYS } from "../../../src/config/keys/table.ts";
import type { Config } from "../../../src/config/types.ts";

function parse(key: keyof Config, text: string): unknown {
  const parsed = KEYS[key].type.parse(text);
  return "value" in parsed ? parsed.value : undefined;
}

describe("the types of values", () => {
  it.each<[keyof Config, string, unknown]>([
    ["MY_IP", "auto", "auto"],
    ["MY_IP", "10.2.34.71", "10.2.34.71"],
    ["HOST_VIRTUAL_SUBNET_START_PREFIX", "10.0", "10.0"],
    ["HOST_VIRTUAL_SUBNET_END_PREFIX", "0", 0],
    ["HOST_VIRTUAL_SUBNET_NET1", "10.0.255", "10.0.255"],
    ["NUM_U", "1025", 1025],
    ["MAC_PREFIX", "00:22:22:DD:ee", "00:22:22:dd:ee"],
    ["GUEST_MAC_ADDRESS_PREFIX", "08:00:27:06:AC:", "08:00:27:06:ac"],
    ["SERVER_PREFIXES", "", []],
    ["SERVER_PREFIXES", "10.0.0.0/8, 192.168.100.7/32", ["10.0.0.0/8", "192.168.100.7/32"]],
    ["SERVER_PREFIXES", "fd00:0::/32,10.0.0.0/8", ["fd00::/32", "10.0.0.0/8"]],
    ["HOST_VIRTUAL_SUBNET6", "FD69:6B76:7377:0::/56", "fd69:6b76:7377::/56"],
    ["HOST_VIRTUAL_SUBNET6", "", ""],
    ["DNS_SERVERS", "9.9.9.9 1.1.1.1,9.9.9.9", ["9.9.9.9", "1.1.1.1"]],
    ["DOMAIN", "Lab.Example.ORG", "lab.example.org"],
    ["DHCP_RESERVATIONS", "52:54:00:AB:CD:EF=192.168.110.9", ["52:54:00:ab:cd:ef=192.168.110.9"]],
    [
      "DHCP_RESERVATIONS",
      "52:54:00:ab:cd:ef=192.168.110.9=node-1",
      ["52:54:00:ab:cd:ef=192.168.110.9=node-1"],
    ],
    ["DHCP_IPXE_SCRIPT_URL", "", ""],
    ["DHCP_IPXE_SCRIPT_URL", "http://192.168.100.2/boot.php?mac=1", "http://192.168.100.2/boot.php?mac=1"],
    ["DHCP_IPXE_SCRIPT_URL", "tftp://192.168.100.2/boot.ipxe", "tftp://192.168.100.2/boot.ipxe"],
    [
      "SERVER_ADDRESSES",
      "192.168.100.2=1-3,192.168.104.0/24=64-17,fd00::7=1-4",
      ["192.168.100.2/32=1-3", "192.168.104.0/24=64-17", "fd00::7/128=1-4"],
    ],
    ["EXTRA_PACKAGES", "tcpdump,g++ mtr-tiny", ["tcpdump", "g++", "mtr-tiny"]],
    ["SWITCH_MEMORY_MIB", "256,leaf3=512", { all: 256, byName: { leaf3: 512 } }],
    ["SWITCH_VCPUS", "2", { all: 2, byName: {} }],
    ["ACCEL", "tcg", "tcg"],
    ["VNC_LISTEN", "0.0.0.0", "0.0.0.0"],
    ["VM_ROOT_PASS", "with blank, 'quotes' and €", "with blank, 'quotes' and €"],
    ["BMC_PASSWORD", "", ""],
    ["SSH_AUTHORIZED_KEYS", "/home/a user/.ssh/keys", "/home/a user/.ssh/keys"],
    ["STATE_DIR", "/srv/ikvswitch/", "/srv/ikvswitch"],
  ])("%s takes %j", (key, text, value) => {
    expect(parse(key, text)).toEqual(value);
  });

  it.each<[keyof Config, readonly string[]]>([
    [
      "MY_IP",
      ["", "Auto", "10.2.34", "10.2.34.256", "10.2.34.071", "224.0.0.1", "0.0.0.0", "::1", "10.2.34.71/24"],
    ],
    [
      "HOST_VIRTUAL_SUBNET_START_PREFIX",
      ["192", "192.168.1", "192.168.", "192.256", "192.016", "240.0", "0.1"],
    ],
    ["HOST_VIRTUAL_SUBNET_END_PREFIX", ["", "-1", "256", "9.6", "096", "0x60", "1e2", " 96", "96 "]],
    ["HOST_VIRTUAL_SUBNET_NET1", ["192.168", "192.168.1.0", "192.168.300", "a.b.c"]],
    ["NETWORK_PREFIX_LENGTH", ["7", "23", "/19"]],
    ["NUM_RACKS", ["0", "65"]],
    ["NUM_SPINES", ["0", "10"]],
    ["NUM_U", ["2", "1026", "99999999999999999999"]],
    ["AS_START", ["0", "4294967295", "AS65500"]],
    ["FABRIC_MTU", ["1279", "9217"]],
    [
      "MAC_PREFIX",
      [
        "00:22:22:dd",
        "00:22:22:dd:ee:ff",
        "0:22:22:dd:ee",
        "00-22-22-dd-ee",
        "01:22:22:dd:ee",
        "00:22:22:dd:ee::",
        "zz:22:22:dd:ee",
      ],
    ],
    [
      "SERVER_PREFIXES",
      [
        "10.0.0.0",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "0.0.0.0/0",
        "10.0.0.0/8/8",
        "::/0",
        "fd00::1/8",
        "fe80::/64",
      ],
    ],
    [
      "HOST_VIRTUAL_SUBNET6",
      [
        "fd69::1/48",
        "fd69:6b76:7377::",
        "fd69:6b76:7377::/65",
        "fd69::/15",
        "fe80::/64",
        "ff00::/16",
        "::/16",
        "10.0.0.0/16",
      ],
    ],
    ["LEAF_TO_VM_VLAN_NUM", ["0", "4095"]],
    ["DHCP_BOOT_FILE_BIOS", ["", "a b", 'a"b', "a\\b", "x".repeat(128)]],
    [
      "DHCP_IPXE_SCRIPT_URL",
      ["boot.ipxe", "ftp://x/y", "http://", "http://x/${net0/mac}", 'http://x/"', "http://x/ y", "http://[x"],
    ],
    [
      "DHCP_RESERVATIONS",
      [
        "52:54:00:ab:cd:ef",
        "52:54:00:ab:cd=192.168.110.9",
        "52:54:00:ab:cd:ef=192.168.110",
        "53:54:00:ab:cd:ef=192.168.110.9",
        "52:54:00:ab:cd:ef=192.168.110.9=a_b",
        "52:54:00:ab:cd:ef=192.168.110.9=a=b",
        "52:54:00:ab:cd:ef=192.168.110.9=",
      ],
    ],
    ["DNS_SERVERS", ["dns.example.org", "9.9.9.9;1.1.1.1"]],
    [
      "DOMAIN",
      [
        "",
        ".",
        "example.org.",
        "-a.org",
        "a..b",
        "a_b.org",
        `${"a".repeat(64)}.org`,
        `${"a.".repeat(126)}ab`,
      ],
    ],
    ["VLAN_SUBNETS_NUM", ["-1", "129"]],
    [
      "HOST_BRIDGE_NAME_PREFIX",
      ["", "all", "default", ".", "..", "-x", "a/b", "a b", "a:b", "ik\u00e9", "x".repeat(16)],
    ],
    ["HOST_TAP_NAME_PREFIX", ["", "x".repeat(15), "ik/", "ik*", "%d"]],
    ["BMC_USER", ["", "a b", "x".repeat(17)]],
    ["BMC_PASSWORD", ["x".repeat(21), "a b", "pässwort"]],
    ["VM_ROOT_PASS", ["", "x".repeat(512), "€".repeat(171)]],
    ["DEBIAN_RELEASE", ["", "Trixie", "../sid", "trixie main"]],
    ["DEBIAN_MIRROR", ["", "deb.debian.org/debian", "file:///srv", "tftp://x/y", "http://x/debian main"]],
    [
      "SERVER_ADDRESSES",
      [
        "192.168.100.2",
        "192.168.100.2=1",
        "192.168.100.2/24=1-3",
        "x=1-3",
        "192.168.100.2=0-3",
        "192.168.100.2=1-3=4",
      ],
    ],
    ["EXTRA_PACKAGES", ["tcpdump; reboot", "-y", "Tcpdump", "x", "../x"]],
    ["SSH_AUTHORIZED_KEYS", ["keys", "~/.ssh/keys", "/root/../keys", "/root/.ssh/"]],
    ["ACCEL", ["", "KVM", "hvf"]],
    [
      "SWITCH_MEMORY_MIB",
      [
        "",
        "127",
        "leaf3=512",
        "256,leaf3",
        "256,leaf3=1",
        "256,leaf3=512=1",
        "256,leaf3=300,leaf3=400",
        "256,rack1=512",
        "256,leaf0=512",
        "256,512",
      ],
    ],
    ["VNC_LISTEN", ["", "*", "localhost", "::"]],
    ["EMULATOR_USER", ["", "root", "0", "a b", "A", "x".repeat(33)]],
    [
      "STATE_DIR",
      [
        "",
        "/",
        "//",
        "/var",
        "/var/",
        "var/lib",
        "/var/../etc",
        "/var/./lib",
        "/var//lib",
        "/var/lib,x",
        "/var/li b",
        `/var/${"x".repeat(60)}`,
      ],
    ],
  ])("%s refuses values of another type", (key, texts) => {
    expect(texts.filter((text) => parse(key, text) !== undefined)).toEqual([]);
  });

  it("refuse unprintable characters, and name them", () => {
    for (const [key, spec] of Object.entries(KEYS)) {
      for (const character of [
        "\n",
        "\0",
        "\u001b",
        "\u007f",
        "\u00ad",
        "\u202e",
        "\u2028",
        "\ufffd",
        "\ud800",
      ]) {
        expect(spec.type.parse(`a${character}b`), key).toEqual({
          problem: `the value contains the unprintable character U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}; remove it`,
        });
      }
    }
  });

  it("refuse values that are too long", () => {
    for (const spec of Object.values(KEYS)) {
      expect(spec.type.parse("1".repeat(4097))).toEqual({
        problem: "the value has 4097 characters (limit: 4096)",
      });
    }
  });

  it("never show a password", () => {
    expect(KEYS.BMC_PASSWORD.type.parse("geheimgeheimgeheimgeheim")).toEqual({
      problem:
        "the value (not shown) must be empty, or a password of up to 20 letters, digits and ASCII punctuation",
    });
  });
});
