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

describe("what up does with a node", () => {
  it("is nothing where machine and files are as they should be", () => {
    expect(decide(running)).toBe("keep");
  });

  it("is a start where it is off, whatever else is known", () => {
    expect(decide({ ...running, running: false })).toBe("start");
    expect(decide({ ...running, running: false, launched: undefined, applied: undefined })).toBe("start");
  });

  it("is new files for the running machine where they changed or are not known", () => {
    expect(decide({ ...running, rendered: { ...files, all: "cc" } })).toBe("update");
    expect(decide({ ...running, applied: undefined })).toBe("update");
  });

  it("is another machine where the kernel of the running one has given up", () => {
    expect(decide({ ...running, panicked: true })).toBe("restart");
    expect(decide({ ...running, halfCloned: true })).toBe("restart");
    expect(decide({ ...running, running: false, panicked: true })).toBe("start");
  });

  it("is another machine where it is to have other memory, NICs or image", () => {
    const wanted = { ...launch, commandDigest: "22" };
    expect(decide({ ...running, wanted, rendered: { ...files, all: "cc" } })).toBe("restart");
    expect(decide({ ...running, launched: undefined })).toBe("restart");
  });

  it("is another machine where it is to run as another user", () => {
    const wanted = { ...launch, user: { ...launch.user, uid: 991 } };
    expect(decide({ ...running, wanted })).toBe("restart");
  });
});
