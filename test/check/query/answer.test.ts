import { describe, expect, it } from "vitest";
import { parseAnswer } from "../../../src/check/query/answer.ts";

describe("a switch's answer", () => {
  it("names the daemon that does not answer, with its error message", () => {
    const text = [
      "=== section frr",
      "bgpd: Connection refused",
      "",
      "=== exit 1",
      "=== section lldp",
      "2026-11-21T07:30:44 [WARN/control] unable to connect to socket /run/lldpd.socket: No such file or directory",
      "",
      "=== exit 1",
      "",
    ].join("\n");
    const { frr, lldp, routes } = parseAnswer(text);
    expect(frr).toMatchObject({ why: "FRR does not answer (bgpd: Connection refused)" });
    expect(lldp).toMatchObject({
      why: "lldpd does not answer (unable to connect to socket /run/lldpd.socket: No such file or directory)",
    });
    expect(routes).toMatchObject({ why: "not queried" });
  });
});
