import { describe, expect, it } from "vitest";
import { completeLine } from "../../../src/cli/completion/complete.ts";
import { sourceOf, VALUE_SOURCES } from "../../../src/cli/completion/value-sources.ts";
import { type CommandDescription, describeCommand } from "../../../src/cli/describe/describe.ts";
import { programs } from "../../../src/cli/program/commands.ts";
import { GLOBAL_OPTIONS } from "../../../src/cli/program/described-options.ts";

const commands = programs.ikvswitch.commands.map((module) => describeCommand(module));
const complete = (...words: readonly string[]) =>
  completeLine({ commands, globalOptions: GLOBAL_OPTIONS }, words);
const candidates = (...words: readonly string[]) => complete(...words).candidates.map(({ word }) => word);

function withChildren(all: readonly CommandDescription[]): readonly CommandDescription[] {
  return all.flatMap((command) => [command, ...withChildren(command.children)]);
}

describe("completion", () => {
  it("offers commands and those of groups, also after global options and their values", () => {
    expect(candidates("")).toEqual(
      programs.ikvswitch.commands
        .filter((module) => module.describe !== false)
        .map(({ command }) => String(command).split(" ")[0]),
    );
    expect(candidates("link", "")).toEqual(["ls", "down", "up", "blackhole", "impair"]);
    expect(candidates("--name", "lab", "--set", "NUM_RACKS=2", "--json", "snapshot", "")).toContain(
      "restore",
    );
  });

  it("offers a command's options and the global ones, and the choices of their values", () => {
    expect(candidates("up", "-")).toEqual(
      expect.arrayContaining(["--cold", "--backend", "--name", "--help"]),
    );
    expect(candidates("up", "--backend", "")).toEqual(["qemu", "netns", "incus"]);
    expect(complete("up", "--backend=ne")).toMatchObject({
      candidates: [{ word: "qemu" }, { word: "netns" }, { word: "incus" }],
      prefix: "--backend=",
      typed: "ne",
    });
  });

  it.each([
    [["ssh", ""], "nodes"],
    [["exec", "leaf1,"], "node-list"],
    [["node", "stop", "leaf1", "leaf2", ""], "nodes"],
    [["link", "down", "spine1", ""], "link-ends"],
    [["capture", "leaf1", ""], "ports"],
    [["snapshot", "restore", ""], "snapshots"],
    [["vm", "create", "-t", ""], "profiles"],
    [["vm", "create", ""], "none"],
    [["vm", "start", "server1", ""], "vms"],
    [["plug", "1", ""], "positions"],
    [["--name", ""], "fabrics"],
    [["--config=", ""], "none"],
    [["status", "--config", ""], "files"],
    [["up", "--timeout", ""], "none"],
    [["check", "--only", "bgp,"], "checks"],
    [["vm", "cp", "server1:/etc/hosts", ""], "vm-paths"],
  ] as const)("looks up the values of %j in: %s", (words, source) => {
    expect(complete(...words).source).toBe(source);
  });

  it("leaves the words of other programs alone", () => {
    for (const words of [["ssh", "leaf1"], ["exec", "leaf1", "ip"], ["enter", "--"], ["nonsense"]]) {
      expect(complete(...words, "")).toMatchObject({ candidates: [], source: "none" });
    }
  });

  it("knows where every argument and every option's value comes from", () => {
    const used = withChildren(commands).flatMap(({ path, arguments: words, options }) => [
      ...words.filter(({ choices }) => choices.length === 0).map(({ name }) => [path, name] as const),
      ...[...options, ...GLOBAL_OPTIONS]
        .filter(({ takesValue, choices }) => takesValue && choices.length === 0)
        .map(({ flags }) => [path, flags.at(-1) ?? ""] as const),
    ]);
    expect(used.filter(([path, name]) => sourceOf(path, name) === undefined)).toEqual([]);
    // No entry is left of what a command no longer has.
    const names = new Set(used.flatMap(([path, name]) => [name, [...path, name].join(" ")]));
    expect(Object.keys(VALUE_SOURCES).filter((name) => !names.has(name))).toEqual([]);
  });
});
