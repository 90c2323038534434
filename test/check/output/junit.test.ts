import { describe, expect, it } from "vitest";
import { formatJunit } from "../../../src/check/output/junit.ts";
import { items, report } from "./report.ts";

describe("the JUnit file", () => {
  it("has a suite for each kind, a failure for each difference and a skipped case for each unknown item", () => {
    expect(formatJunit(report())).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ikvswitch check" tests="3" failures="1" errors="0" skipped="1" time="0.850">
  <testsuite name="bgp" tests="2" failures="1" errors="0" skipped="1" time="0.025">
    <testcase classname="ikvswitch.bgp" name="leaf1 ens4" time="0.013">
      <failure type="difference" message="expected Established with AS 65501, IPv4 and IPv6, observed Active"/>
    </testcase>
    <testcase classname="ikvswitch.bgp" name="leaf1 ens4 received" time="0.013">
      <skipped message="unknown: the session is not established"/>
    </testcase>
  </testsuite>
  <testsuite name="loopback" tests="1" failures="0" errors="0" skipped="0" time="0.013">
    <testcase classname="ikvswitch.loopback" name="leaf1 → leaf2 192.168.98.5" time="0.013"/>
  </testsuite>
</testsuites>
`);
  });

  it("holds any text from a switch, escaped", () => {
    const [first] = items;
    const odd = first && { ...first, observed: `<"a" & 'b'>\u0000\u001b[1m` };
    const text = formatJunit(report({ items: odd === undefined ? [] : [odd] }));
    expect(text).toContain("observed &lt;&quot;a&quot; &amp; &apos;b&apos;&gt;  [1m");
  });
});
