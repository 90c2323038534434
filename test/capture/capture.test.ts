import { describe, expect, it } from "vitest";
import { captureCommand } from "../../src/capture/command.ts";
import { captureTarget } from "../../src/capture/target.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { shippedConfig } from "../fabric/config.ts";

const fabric = planFabric(shippedConfig());
const watch = { write: null, count: null, seconds: null, filter: [] };

describe("the interface to capture on", () => {
  it.each([
    [["leaf1", "ens4"], "iklt11"],
    [["leaf1:ens4"], "iklt11"],
    [["internet", "ens4"], "ikht"],
    [["server1-3-2"], "ikvm1-3-2"],
    [["ikst12"], "ikst12"],
    [["iksb12"], "iksb12"],
    [["bripmi"], "bripmi"],
  ] as const)("of %j is %s", ([node, port], name) => {
    expect(captureTarget(fabric, node, port)).toBe(name);
  });

  it.each([
    [["leaf9", "ens4"], /unknown switch: leaf9 \(choose from internet, spine1/],
    [["leaf1", "ens99"], /leaf1 has no interface "ens99" \(choose from ens4, ens5/],
    [["leaf1", "ens6.10"], /VLANs are tagged frames of these/],
    [["leaf1"], /missing interface of leaf1/],
    [["leaf1:ens4", "ens5"], /give a switch and its interface/],
    [["eth0"], /unknown link: eth0/],
    [["-w/etc/passwd"], /unknown link: -w/],
  ] as const)("of %j is refused", ([node, port], message) => {
    expect(() => captureTarget(fabric, node, port)).toThrow(message);
  });
});

describe("the capture command", () => {
  const line = (options: Partial<Parameters<typeof captureCommand>[1]>) => {
    const { file, args } = captureCommand("iklt11", { ...watch, ...options });
    return [file, ...args].join(" ");
  };

  it("prints a line for each frame until it is interrupted, and ends with ikvswitch", () => {
    expect(line({})).toBe("setpriv --pdeathsig TERM -- tcpdump -n -i iklt11 -l --");
  });

  it("writes frames unbuffered, for a limited time or number", () => {
    expect(line({ write: "-", seconds: 5, count: 7 })).toBe(
      "setpriv --pdeathsig TERM -- timeout --foreground --signal=INT 5 tcpdump -n -i iklt11 -U -w - -c 7 --",
    );
  });

  it("takes no word of the filter as an option", () => {
    expect(line({ filter: ["tcp", "port", "179"] })).toMatch(/ -l -- tcp port 179$/);
    expect(line({ filter: ["-z", "reboot"] })).toMatch(/ -- -z reboot$/);
  });
});
