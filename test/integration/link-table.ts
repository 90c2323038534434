import { size } from "./size.ts";

/**
 * Returns the link table of the shipped configuration, made from the naming rules and not by the planner:
 * 3 racks of 13 positions (or the tested size), two leaves each, 2 spines. Bridge to its ports, both sorted.
 */
export function shippedLinkTable(numU = size.numU): Readonly<Record<string, readonly string[]>> {
  const leaves = Array.from({ length: size.racks * 2 }, (_, index) => index + 1);
  const table: Record<string, readonly string[]> = { ikhb: ["ikhn", "ikht"], bripmi: ["ikipmi"] };
  for (const spine of [1, 2]) {
    table[`ikib${spine}`] = [`ikin${spine}`, `ikit${spine}`];
    for (const leaf of leaves) {
      table[`iksb${spine}${leaf + 1}`] = [`iklt${leaf}${spine}`, `ikst${spine}${leaf + 1}`];
    }
  }
  for (const leaf of leaves) {
    const rack = Math.ceil(leaf / 2);
    const nic = leaf % 2 === 1 ? 1 : 2;
    for (let u = 3; u <= numU; u += 1) {
      table[`ikeb${leaf}-${u}`] = [`ikls${leaf}-${u}`, `ikvm${rack}-${u}-${nic}`];
    }
  }
  return table;
}
