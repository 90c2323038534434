import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it, vi } from "vitest";
import type { CommandModule } from "yargs";
import { childrenOf, nameOf } from "../../src/cli/command.ts";
import { type Program, programs } from "../../src/cli/program/commands.ts";
import { parserOf } from "../../src/cli/program/parser.ts";
import { codeBlocks, commandsOf, inlineCode, readPages } from "./pages.ts";

// The tutorial and the how-tos are also run as written: docs.all.test.ts of test/e2e.

const PROGRAM = /^(?:bin\/)?(ikvswitch(?:-setup|-host-networking)?)$/;
const pages = readPages().map((page) => [page.name, page] as const);
const root = new URL("../../", import.meta.url);

/** Words that stand for others: `ikvswitch vm …`, `ikvswitch check [nodes..]`. */
const PLACEHOLDER = /…|^[[<].*[\]>]$/;

beforeAll(() => {
  for (const { commands } of Object.values(programs)) {
    commands.forEach(disarm);
  }
});

/** Parsing a command line shall not run it. */
function disarm(module: CommandModule): void {
  module.handler = () => {};
  childrenOf(module)?.forEach(disarm);
}

it.each(pages)("the commands in blocks of %s exist, with these options and arguments", async (_, page) => {
  const lines = codeBlocks(page).flatMap(commandsOf);
  const problems: string[] = [];
  for (const [first = "", ...words] of lines) {
    const program = PROGRAM.exec(first)?.[1];
    if (program !== undefined && !words.some((word) => PLACEHOLDER.test(word))) {
      const problem = await problemOf(program as Program, words);
      problems.push(...(problem === undefined ? [] : [`${[first, ...words].join(" ")}: ${problem}`]));
    }
  }
  expect(problems).toEqual([]);
});

it.each(pages)("the commands in the prose of %s exist", (_, page) => {
  const unknown = inlineCode(page).filter((code) => {
    const [first = "", ...words] = code.split(" ");
    const program = PROGRAM.exec(first)?.[1];
    return program !== undefined && !isKnown(programs[program as Program].commands, words);
  });
  expect(unknown).toEqual([]);
});

it.each(pages)("the scripts that %s names exist", (_, page) => {
  const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  const commands = [
    ...codeBlocks(page).flatMap(commandsOf),
    ...inlineCode(page).map((code) => code.split(" ")),
  ];
  const missing = commands.filter(([first = "", second = "", third = ""]) => {
    const script =
      first === "npm"
        ? second === "run"
          ? third
          : second === "start" || second === "test"
            ? second
            : ""
        : "";
    return script === "" ? first.startsWith("scripts/") && !isFile(first) : !(script in scripts);
  });
  expect(missing).toEqual([]);
});

it("finds mistakes", async () => {
  expect(await problemOf("ikvswitch", ["chekc"])).toContain("chekc");
  expect(await problemOf("ikvswitch", ["check", "--wiat", "60s"])).toContain("wiat");
  expect(await problemOf("ikvswitch", ["link", "down"])).toContain("missing");
  expect(await problemOf("ikvswitch", ["graph", "--format", "gif"])).toContain("gif");
  expect(isKnown(programs.ikvswitch.commands, ["link", "dwon"])).toBe(false);
  const block =
    "A=b bin/ikvswitch up \\\n  --cold >'a b' # why\nqemu $(bin/ikvswitch plug 1 3) | sh; exit 'x y'\n";
  expect(commandsOf(block)).toEqual([
    ["bin/ikvswitch", "up", "--cold"],
    ["qemu", "substitution"],
    ["sh"],
    ["exit", "x y"],
    ["bin/ikvswitch", "plug", "1", "3"],
  ]);
});

/** Returns what the command line's definition has against these words. */
async function problemOf(program: Program, words: readonly string[]): Promise<string | undefined> {
  let told = "";
  const spies = [
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      told += String(text);
      return true;
    }),
    vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`exit code ${code}`);
    }),
  ];
  try {
    await parserOf(program, words).parseAsync();
    return undefined;
  } catch (error) {
    return told || String(error);
  } finally {
    for (const spy of spies) {
      spy.mockRestore();
    }
  }
}

/** True if the words begin with a command, as far as its groups go. */
function isKnown(commands: readonly CommandModule[], [first, ...others]: readonly string[]): boolean {
  if (first === undefined || !/^[a-z][a-z-]*$/.test(first)) {
    return true;
  }
  const module = commands.find((candidate) => nameOf(candidate) === first);
  return (
    module !== undefined && isKnown(childrenOf(module) ?? [], childrenOf(module) === undefined ? [] : others)
  );
}

function isFile(name: string): boolean {
  return existsSync(fileURLToPath(new URL(name, root)));
}
