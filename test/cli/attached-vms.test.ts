import { describe, expect, it } from "vitest";
import { parseAttachedVms } from "../../src/cli/attached-vms.ts";
import { UsageError } from "../../src/errors.ts";

describe("an attached VM", () => {
  it("is given as its name and the path of its QMP socket", () => {
    expect(parseAttachedVms(["db1=/run/db1/qmp.sock", "db2=/a=b"])).toEqual([
      { name: "db1", qmp: "/run/db1/qmp.sock" },
      { name: "db2", qmp: "/a=b" },
    ]);
  });

  it.each([
    ["db1"],
    ["db1="],
    ["db1=qmp.sock"],
    ["=/run/qmp.sock"],
    ["../x=/run/qmp.sock"],
    ["a=/b", "a=/c"],
  ])("is refused: %s %s", (...words) => {
    expect(() => parseAttachedVms(words)).toThrow(UsageError);
  });
});
