import { describe, expect, it } from "vitest";
import { decideNetns } from "../../../src/backends/netns/prepare.ts";
import { isSameRecord, type NetnsRecord } from "../../../src/backends/netns/record.ts";

const running = { running: true, asWanted: true, upToDate: true };

describe("the action of `up` for a netns", () => {
  it("is none if the netns and its files are as planned", () => {
    expect(decideNetns(running)).toBe("keep");
  });

  it("is an update if only its files differ", () => {
    expect(decideNetns({ ...running, upToDate: false })).toBe("update");
  });

  it("is a restart if its record differs, whether or not its files do", () => {
    expect(decideNetns({ ...running, asWanted: false })).toBe("restart");
    expect(decideNetns({ ...running, asWanted: false, upToDate: false })).toBe("restart");
  });

  it("is a start if it is off", () => {
    expect(decideNetns({ running: false, asWanted: true, upToDate: true })).toBe("start");
  });
});

const record: NetnsRecord = {
  version: 2,
  node: "leaf1",
  network: "4026531840",
  ports: [
    {
      name: "ens4",
      mac: "08:00:27:06:ac:41",
      mtu: 9000,
      hostEnd: { name: "iklt11", mac: "00:22:22:dd:ee:1a", mtu: 9000, bridge: "iksb21" },
    },
  ],
  program: "aa",
  vlans: true,
  user: 1_768_620_032,
  limits: { memoryMiB: 256, vcpus: 1, tasks: 1024 },
};
const kept = { ...record, library: "/opt", cgroups: ["/sys/fs/cgroup/ikvswitch/4026531840/leaf1"] };

describe("a netns's record", () => {
  it("does not depend on where ikvswitch is installed", () => {
    expect(isSameRecord({ ...kept, library: "/opt/one" }, record)).toBe(true);
    expect(isSameRecord({ ...kept, cgroups: [] }, record)).toBe(true);
  });

  it("differs if ports, programs, VLANs, limits or its version differ, or if there is no record", () => {
    expect(isSameRecord({ ...kept, ports: [] }, record)).toBe(false);
    expect(isSameRecord({ ...kept, program: "bb" }, record)).toBe(false);
    expect(isSameRecord({ ...kept, vlans: false }, record)).toBe(false);
    expect(isSameRecord({ ...kept, limits: { ...record.limits, tasks: 1 } }, record)).toBe(false);
    const { user: _, limits: __, ...earlier } = record;
    expect(isSameRecord({ ...earlier, library: "/opt" }, record)).toBe(false);
    expect(isSameRecord(undefined, record)).toBe(false);
  });
});
