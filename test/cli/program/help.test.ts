import { describe, expect, it } from "vitest";
import type { CommandModule } from "yargs";
import { childrenOf, nameOf } from "../../../src/cli/command.ts";
import { type Program, programs } from "../../../src/cli/program/commands.ts";
import { parserOf } from "../../../src/cli/program/parser.ts";

/** Returns the paths of all commands below: ["link"], ["link", "down"], ... */
function pathsBelow(commands: readonly CommandModule[], path: readonly string[] = []): readonly string[][] {
  return commands.flatMap((module) => {
    const own = [...path, nameOf(module)];
    return [own, ...pathsBelow(childrenOf(module) ?? [], own)];
  });
}

const names = Object.keys(programs) as Program[];
const all = names.flatMap((name) => [
  [name],
  ...pathsBelow(programs[name].commands).map((path) => [name, ...path]),
]);

function helpOf([name, ...path]: readonly string[]): Promise<string> {
  return parserOf(name as Program, path).getHelp();
}

describe("the help", () => {
  it.each(all.map((path) => [path.join(" "), path] as const))(
    "of %s is complete and without noise",
    async (line, path) => {
      const help = await helpOf(path);
      expect(help.startsWith(line)).toBe(true);
      expect(help).not.toMatch(/\[(string|boolean|array|number|required|default)/);
      expect(help).toContain("Global options:\n      --name");
      // Each option and argument has a description.
      expect(help).not.toMatch(/^ +(-\w, )?--[a-z-]+$/m);
      for (const text of help.split("\n")) {
        expect(text.length).toBeLessThanOrEqual(110);
      }
    },
  );

  it("lists a command's own options before the global ones", async () => {
    const help = await helpOf(["ikvswitch", "link", "impair"]);
    expect(help).toMatch(/Positionals:\n +endpoint .*Options:\n +--loss .*Global options:\n +--name /s);
  });

  it("hides the former name of a command", async () => {
    const help = await helpOf(["ikvswitch", "link"]);
    expect(help).toContain("link blackhole <endpoint> [peer]");
    expect(help).not.toContain("silence");
    expect(await helpOf(["ikvswitch", "link", "silence"])).toContain(
      "ikvswitch link silence <endpoint> [peer]",
    );
  });

  it("describes each command in one line of a terminal of 110 columns", async () => {
    for (const name of names) {
      const [, list = ""] = /Commands:\n(.*?)\n\n/s.exec(await helpOf([name])) ?? [];
      expect(list.split("\n").filter((text) => !text.startsWith(`  ${name} `))).toEqual([]);
    }
  });
});
