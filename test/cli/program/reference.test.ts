import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { CommandModule } from "yargs";
import { childrenOf } from "../../../src/cli/command.ts";
import type { CommandDescription } from "../../../src/cli/describe/describe.ts";
import { type Program, programs } from "../../../src/cli/program/commands.ts";
import { parserOf } from "../../../src/cli/program/parser.ts";
import { describedCommands, renderCommands } from "../../../src/cli/program/reference.ts";

const names = Object.keys(programs) as Program[];

/** `npm run generate` runs this test with `--update`, which writes the file. */
it("docs/commands.md is generated from the definitions of the commands", async () => {
  const path = fileURLToPath(new URL("../../../docs/commands.md", import.meta.url));
  // The comparison below would write a missing file instead of failing.
  expect(existsSync(path)).toBe(true);
  await expect(renderCommands(names)).toMatchFileSnapshot(path);
});

it("has every command that is not hidden", () => {
  const count = (modules: readonly CommandModule[]): number =>
    modules
      .filter((module) => typeof module.describe === "string")
      .reduce((sum, module) => sum + 1 + count(childrenOf(module) ?? []), 0);
  const headings = [...renderCommands(names).matchAll(/^### /gm)];
  expect(headings).toHaveLength(names.reduce((sum, name) => sum + count(programs[name].commands), 0));
});

it("has the options that help has", async () => {
  for (const { path, options, children } of describedCommands(programs.ikvswitch.commands).flatMap(flatten)) {
    if (children.length === 0) {
      const help = await parserOf("ikvswitch", path).getHelp();
      const own = help.split("Global options:")[0] ?? "";
      const shown = [...own.matchAll(/^ +(?:-\w, )?--?([a-z][a-z0-9-]*)/gm)].map((match) => match[1]);
      const described = options.map(({ flags }) => flags.at(-1)?.replace(/^-+/, ""));
      expect([path.join(" "), ...described.sort()]).toEqual([path.join(" "), ...shown.sort()]);
    }
  }
});

function flatten(described: CommandDescription): CommandDescription[] {
  return [described, ...described.children.flatMap(flatten)];
}
