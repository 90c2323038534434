import { describe, expect, it } from "vitest";
import { childrenOf, nameOf } from "../../../src/cli/command.ts";
import { type CommandDescription, describeCommand } from "../../../src/cli/describe/describe.ts";
import { programs } from "../../../src/cli/program/commands.ts";
import { parserOf } from "../../../src/cli/program/parser.ts";

const described = programs.ikvswitch.commands.map((module) => describeCommand(module));

function withChildren(commands: readonly CommandDescription[]): readonly CommandDescription[] {
  return commands.flatMap((command) => [command, ...withChildren(command.children)]);
}

function find(...path: readonly string[]): CommandDescription | undefined {
  return withChildren(described).find((command) => command.path.join(" ") === path.join(" "));
}

describe("the description of a command", () => {
  it("has what its definition has", () => {
    expect(find("link", "down")).toEqual({
      path: ["link", "down"],
      synopsis: "link down <endpoint> [peer]",
      summary: "Take a link down: both ends lose carrier",
      details: [],
      arguments: [
        {
          name: "endpoint",
          summary: "One end: spine1, leaf1:ens4, server1-3-1, a host interface or a bridge",
          repeated: false,
          choices: [],
        },
        {
          name: "peer",
          summary: "The other end, if ENDPOINT alone is ambiguous",
          repeated: false,
          choices: [],
        },
      ],
      options: [],
      examples: [],
      children: [],
    });
    expect(find("up")?.options[1]).toMatchObject({
      flags: ["--backend"],
      takesValue: true,
      choices: ["qemu", "netns", "incus"],
    });
    expect(find("vm", "create")?.options.map(({ flags }) => flags)).toContainEqual(["-t", "--profile"]);
    expect(find("ssh")).toMatchObject({
      synopsis: "ssh <node> [command [arguments]]",
      details: ["The words after the switch's name are passed to ssh unchanged."],
    });
  });

  it("leaves out hidden commands of a group", () => {
    expect(find("link")?.children.map(({ path }) => path[1])).toEqual([
      "ls",
      "down",
      "up",
      "blackhole",
      "impair",
    ]);
    const silence = programs.ikvswitch.commands
      .flatMap((module) => childrenOf(module) ?? [])
      .find((module) => nameOf(module) === "silence");
    expect(silence).toBeDefined();
  });

  it.each(withChildren(described).map((command) => [command.path.join(" "), command] as const))(
    "of %s has every option and argument of its help",
    async (_, { path, options, arguments: words, children }) => {
      const help = await parserOf("ikvswitch", path).getHelp();
      const own = help.slice(0, help.indexOf("Global options:"));
      const flags = [...own.matchAll(/^ +(?:-\w, )?-(-[a-z-]+|[a-z]) /gm)].map(([, flag = ""]) =>
        flag.startsWith("-") ? `-${flag}` : `--${flag}`,
      );
      expect(options.map((option) => option.flags.at(-1))).toEqual(flags);
      const positionals = /Positionals:\n(.*?)\n\n/s.exec(own)?.[1] ?? "";
      const names = [...positionals.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
      expect(words.map(({ name }) => name)).toEqual(names);
      expect(children.length > 0).toBe(own.includes("\nCommands:\n"));
    },
  );
});
