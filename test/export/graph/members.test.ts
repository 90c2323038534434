import { describe, expect, it } from "vitest";
import { renderDot } from "../../../src/export/graph/dot.ts";
import { renderMermaid } from "../../../src/export/graph/mermaid.ts";
import { renderCollapsedSvg } from "../../../src/export/graph/svg/collapsed.ts";
import { renderSvg } from "../../../src/export/graph/svg/svg.ts";
import { formatPlan } from "../../../src/export/graph/tables.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";

const SIZE = ["NUM_U=3", "NUM_RACKS=2"];
const one = planFabric(configFrom(...SIZE));
const several = planFabric(
  configFrom(...SIZE, "HOSTS='alpha=10.0.0.1 beta=10.0.0.2'", "PLACE=internet=beta"),
);

describe("the plan of a fabric on several hosts", () => {
  const text = formatPlan(several);

  it("has the member of each switch, and the VNI of each link between two members", () => {
    expect(text).toMatch(/^members +alpha \(10\.0\.0\.1\), beta \(10\.0\.0\.2\)$/m);
    expect(text).toMatch(/^between them +5 links, VNI 4097 to 4104, UDP port 14789$/m);
    expect(text).toMatch(/^NAME .* PORTS {2}MEMBER$/m);
    expect(text).toMatch(/^leaf3 .* beta$/m);
    expect(text).toMatch(/^iksb14 +4101 +ikst14 /m);
    expect(text).toMatch(/^iksb12 +ikst12 /m);
    expect(formatPlan(several, "leaf3")).toMatch(/^member +beta$/m);
  });

  it("has neither on one host", () => {
    expect(formatPlan(one)).not.toMatch(/member|vni/i);
    expect(formatPlan(one, "leaf3")).not.toMatch(/member/i);
  });
});

describe("a drawing", () => {
  it.each([
    ["mermaid", renderMermaid],
    ["dot", renderDot],
    ["svg", renderSvg],
    ["collapsed svg", renderCollapsedSvg],
  ])("%s names the members of switches where there are several", (_, draw) => {
    expect(draw(several)).toContain("AS 65501 on alpha");
    expect(draw(several)).toContain("AS 65500 on beta");
    expect(draw(one)).not.toContain("on alpha");
  });
});
