import { rolldown } from "rolldown";
import { expect, it } from "vitest";
import { withoutVFlag } from "../../scripts/without-v-flag.ts";

it("leaves no regular expression that Node 18 can't read, and the same widths", async () => {
  const bundle = await rolldown({ platform: "node", input: "string-width", plugins: [withoutVFlag()] });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const [{ code }] = output;
  expect(code).toContain("Emoji_Presentation");
  expect(code).not.toMatch(/\/[a-z]*v[a-z]*[;,)]/);
  const { default: width } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  for (const [text, columns] of [
    ["leaf1 – ✔", 9],
    ["🙂", 2],
    ["日本", 4],
    ["é", 1],
  ] as const) {
    expect(width(text)).toBe(columns);
  }
});
