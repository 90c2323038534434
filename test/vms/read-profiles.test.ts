import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { readProfiles } from "../../src/vms/read-profiles.ts";

const shipped = {
  path: "etc/profiles.ini",
  text: readFileSync(new URL("../../etc/profiles.ini", import.meta.url), "utf8"),
};

function read(text: string) {
  return readProfiles([shipped, { path: "my.ini", text }]);
}

/** The messages about a user's file. */
function problemsOf(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message.split("\n");
  }
  return [];
}

describe("the profiles", () => {
  it("are shipped as server, pxe-server, tiny and empty", () => {
    const profiles = readProfiles([shipped]);
    expect([...profiles.keys()]).toEqual(["server", "pxe-server", "tiny", "empty"]);
    expect(profiles.get("server")).toEqual({
      ...{
        name: "server",
        vcpus: 1,
        memoryMiB: 256,
        nics: 2,
        image: "switch",
        routing: "bgp",
        disks: [],
        bootServer: false,
      },
      ...{ firmware: "bios", boot: ["disk", "network"], userData: "", sshKeys: "", autostart: false },
    });
    expect(profiles.get("empty")).toMatchObject({ image: "none", boot: ["network"] });
  });

  it("of the user's file are added, and override single settings of the shipped ones", () => {
    const profiles = read(
      [
        "; a comment",
        "[server]",
        "memory = 512",
        "[xs]",
        "vcpus=2",
        "nics = 1",
        "disk2 = 100G",
        "disk1 = 20G /var/lib/images/debian.qcow2",
        "disk3 = /data.raw",
        "disk4 = 20G copy /debian.qcow2",
        "disk5 = copy  /copy",
        "boot = network, disk",
        "firmware = uefi",
        "user-data = /etc/ikvswitch/user-data",
        "autostart = yes",
      ].join("\n"),
    );
    expect(profiles.get("server")).toMatchObject({ memoryMiB: 512, image: "switch", routing: "bgp" });
    expect(profiles.get("xs")).toMatchObject({
      vcpus: 2,
      nics: 1,
      disks: [
        { size: "20G", base: "/var/lib/images/debian.qcow2", copy: false },
        { size: "100G", base: null, copy: false },
        { size: null, base: "/data.raw", copy: false },
        { size: "20G", base: "/debian.qcow2", copy: true },
        { size: null, base: "/copy", copy: true },
      ],
      boot: ["network", "disk"],
      firmware: "uefi",
      userData: "/etc/ikvswitch/user-data",
      autostart: true,
    });
  });

  it.each([
    ["[xs]\nmemry = 5", "my.ini:2: [xs] memry: unknown setting; did you mean memory?"],
    ["[xs]\n\nmemory = lots", 'my.ini:3: [xs] memory: "lots" is not a whole number from 16 to 1048576'],
    ["memory = 5\n[xs]", "my.ini:1: memory: a setting outside of a profile, such as [server]"],
    ["[x y]\nmemory = 5", "my.ini: [x y] is not a profile's name: 1 to 30 letters, digits and -"],
    ["[xs]\nfirmware = efi", 'my.ini:2: [xs] firmware: "efi" is not one of bios, uefi'],
    [
      "[xs]\nboot = disk, disk",
      /^my\.ini:2: \[xs\] boot: "disk, disk" is not a list of disk, network and cd/,
    ],
    ["[xs]\ndisk1 = 20", /^my\.ini:2: \[xs\] disk1: "20" is not a size/],
    ["[xs]\ndisk1 = 20G copy", /^my\.ini:2: \[xs\] disk1: .* is not a size/],
    ["[xs]\ndisk1 = copy/a", /^my\.ini:2: \[xs\] disk1: .* is not a size/],
    ["[xs]\ndisk1 = 20G relative", /^my\.ini:2: \[xs\] disk1: .* is not a size/],
    ["[xs]\ndisk1 = /a,readonly=off", /^my\.ini:2: \[xs\] disk1: .* is not a size/],
    ["[xs]\nuser-data = etc", /^my\.ini:2: \[xs\] user-data: "etc" is not/],
    ["[xs]\nnics = 3", 'my.ini:2: [xs] nics: "3" is not a whole number from 1 to 2'],
    ["[xs]\nvcpus", /^my\.ini:2: \[xs\] vcpus: "true" is not a whole number/],
    ["[xs]\nvcpus[] = 1", /^my\.ini.*vcpus: .* is not a whole number/],
    ["[xs.more]\nvcpus = 1", /^my\.ini.*: \[xs\] more: unknown setting/],
  ])("in %j are refused by file, line and key", (text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    typeof problem === "string" ? expect(problems).toEqual([problem]) : expect(problems[0]).toMatch(problem);
  });

  it("are refused with all problems at once", () => {
    expect(problemsOf("[a]\nvcpus = 0\n[b]\nmemory = 0")).toHaveLength(2);
  });

  it("may have names and settings that JavaScript gives a meaning", () => {
    expect(problemsOf("[constructor]\ntoString = 5")).toEqual([
      "my.ini:2: [constructor] toString: unknown setting",
    ]);
    expect(read("[__proto__]\nvcpus = 3").size).toBeLessThanOrEqual(4);
    expect(read("[xs]\nvcpus = 2").get("xs")?.memoryMiB).toBe(512);
  });
});
