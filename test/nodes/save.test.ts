import { describe, expect, it } from "vitest";
import { runningConfig } from "../../src/nodes/save.ts";

describe("a saved routing configuration", () => {
  it("is FRR's output without its introduction", () => {
    const shown =
      "Building configuration...\n\nCurrent configuration:\n!\nfrr version 10.3\nhostname leaf1\nend\n";
    expect(runningConfig(shown)).toBe("frr version 10.3\nhostname leaf1\nend\n");
  });

  it("is never empty", () => {
    expect(() => runningConfig("vtysh: no daemons\n")).toThrow("no configuration in its output");
    expect(() => runningConfig("Building configuration...\n\nCurrent configuration:\n!\n")).toThrow(
      "no configuration in its output",
    );
  });
});
