import { describe, expect, it } from "vitest";
import { command, commandGroup } from "../../src/cli/command.ts";
import { explainUsage } from "../../src/cli/usage-failure.ts";

const leaf = (form: string) => command({ command: form, describe: "", run: () => {} });
const program = {
  name: "ikvswitch",
  commands: [
    leaf("check [nodes..]"),
    leaf("cp <from> <to>"),
    commandGroup("link", "", [leaf("ls"), leaf("down <endpoint> [peer]")]),
  ],
};
const explain = (message: string, ...words: readonly string[]) => explainUsage(message, program, words).text;

describe("a usage error", () => {
  it("names the missing argument and the command's help", () => {
    expect(explain("missing argument #0 of 1", "link", "down")).toBe(
      "missing argument: ENDPOINT\nSee 'ikvswitch link down --help'.",
    );
    expect(explain("missing argument #1 of 2", "--set", "A=b", "cp", "x")).toBe(
      "missing argument: TO\nSee 'ikvswitch cp --help'.",
    );
  });

  it("names the option without a value, with its dashes", () => {
    expect(explain("missing value: set", "check", "--set")).toContain("missing value of --set\n");
    expect(explain("missing value: w", "check", "-w")).toContain("missing value of -w\n");
  });

  it("lists the choices of an option", () => {
    expect(explain('invalid value\n  --format: "x" (choose from "a", "b")', "check")).toContain(
      'invalid value of --format: "x" (choose from "a", "b")\n',
    );
  });

  it("distinguishes unknown commands, unknown options and superfluous arguments", () => {
    expect(explain("unknown: chekc", "--config", "a.conf", "chekc")).toBe(
      "unknown command: chekc; did you mean check?\nSee 'ikvswitch --help'.",
    );
    expect(explain("unknown: bogus", "link", "bogus")).toBe(
      "unknown command: bogus\nSee 'ikvswitch link --help'.",
    );
    expect(explain("too many words: 2, not 1", "link", "dwon", "leaf1")).toBe(
      "unknown command: dwon; did you mean down?\nSee 'ikvswitch link --help'.",
    );
    expect(explain("unknown: foo-bar, fooBar", "check", "--foo-bar=1")).toBe(
      "unknown option: --foo-bar\nSee 'ikvswitch check --help'.",
    );
    expect(explain("unknown: keepfaults", "check", "--no-keepfaults")).toContain(
      "unknown option: --keepfaults\n",
    );
    expect(explain("unknown: c", "cp", "a", "b", "c")).toBe(
      "unexpected argument: c\nSee 'ikvswitch cp --help'.",
    );
  });

  it("shows the whole help if the command itself is missing", () => {
    expect(explainUsage("missing command", program, ["link"])).toEqual({
      text: "missing command",
      showsHelp: true,
    });
  });
});
