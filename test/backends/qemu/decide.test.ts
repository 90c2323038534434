import { describe, expect, it } from "vitest";
import { decide, type NodeSituation } from "../../../src/backends/qemu/decide.ts";
import type { LaunchIdentity } from "../../../src/backends/qemu/launch.ts";

const launch: LaunchIdentity = {
  user: { name: "ikvswitch", uid: 990, gid: 990, kvmGid: null },
  commandDigest: "11",
};
const files = { all: "aa", byPath: { "/etc/hostname": "bb" } };
const running: NodeSituation = {
  running: true,
  panicked: false,
  halfCloned: false,
  launched: launch,
  wanted: launch,
  applied: files,
  rendered: files,
};

describe("the action of `up` for a node", () => {
  it("is none if its VM and files are as planned", () => {
    expect(decide(running)).toBe("keep");
  });

  it("is a start if it is off, whatever else is known", () => {
    expect(decide({ ...running, running: false })).toBe("start");
    expect(decide({ ...running, running: false, launched: undefined, applied: undefined })).toBe("start");
  });

  it("is an update of the running VM if its files changed or are unknown", () => {
    expect(decide({ ...running, rendered: { ...files, all: "cc" } })).toBe("update");
    expect(decide({ ...running, applied: undefined })).toBe("update");
  });

  it("is a restart if the kernel of its VM has panicked, or the VM is only half cloned", () => {
    expect(decide({ ...running, panicked: true })).toBe("restart");
    expect(decide({ ...running, halfCloned: true })).toBe("restart");
    expect(decide({ ...running, running: false, panicked: true })).toBe("start");
  });

  it("is a restart if its memory, NICs or image changed", () => {
    const wanted = { ...launch, commandDigest: "22" };
    expect(decide({ ...running, wanted, rendered: { ...files, all: "cc" } })).toBe("restart");
    expect(decide({ ...running, launched: undefined })).toBe("restart");
  });

  it("is a restart if the emulator's user changed", () => {
    const wanted = { ...launch, user: { ...launch.user, uid: 991 } };
    expect(decide({ ...running, wanted })).toBe("restart");
  });
});
