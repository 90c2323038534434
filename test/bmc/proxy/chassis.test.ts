import { describe, expect, it } from "vitest";
import { answerLine } from "../../../src/bmc/proxy/chassis.ts";

describe("the answer to a chassis request", () => {
  it("is one line, whatever its text is", () => {
    expect(String(answerLine("12", 0, "power:1"))).toBe("12 0 power:1\n");
    expect(String(answerLine("12", 1, "not\nnow"))).toBe("12 1 not now\n");
  });

  it("is cut so that a FIFO takes it as a whole, and still ends its line", () => {
    const line = answerLine("12", 1, "ä".repeat(5_000));
    expect(line).toHaveLength(4096);
    expect(line.indexOf("\n")).toBe(4095);
  });
});
