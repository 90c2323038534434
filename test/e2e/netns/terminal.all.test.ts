import { afterAll, beforeAll, expect, it } from "vitest";
import { createUserSite, type UserSite } from "../user-site.ts";

// What a person sees of `up` and of tables, on terminals of several sizes.

let site: UserSite;

beforeAll(async () => {
  site = await createUserSite();
}, 120_000);

afterAll(() => site.close(), 120_000);

/** Runs a command on a terminal of that width, and returns what it writes, without line ends of terminals. */
async function onTerminal(columns: number, command: string, term = "xterm"): Promise<string> {
  const line = `stty cols ${columns} rows 24; TERM=${term} ${command}`;
  const { stdout } = await site.type([`SHELL=/bin/sh script -qec '${line}' /dev/null`]);
  return stdout.replaceAll("\r", "");
}

const ESC = "\x1b";
/** Sequences that move the cursor or erase. */
const MOVES = new RegExp(`${ESC}\\[\\d*[A-HJKf]`);
const COLOURS = new RegExp(`${ESC}\\[\\d*m`, "g");

it("up shows the state of each switch, and in the end a line for each step and the table", async () => {
  const shown = (await onTerminal(80, "ikvswitch --set NUM_RACKS=1 up --backend netns")).replaceAll(
    COLOURS,
    "",
  );
  expect(shown).toMatch(/^ +internet starting .*spine1 +starting/m);
  expect(shown).toMatch(/^ +internet +(answers|no answer) /m);
  expect(shown).toContain("✔ Start the switches: 5 started");
  // Wider than the terminal: on two lines.
  expect(shown).toMatch(
    /✔ Wait for routing to converge: 5 loopbacks answer, 6 BGP sessions are\s+established/,
  );
  expect(shown).toMatch(/^leaf2 +\S+ +\d+ +running/m);
}, 120_000);

it("a terminal without a width, a dumb one and a pipe get plain lines", async () => {
  for (const [columns, term] of [
    [0, "xterm"],
    [80, "dumb"],
  ] as const) {
    const shown = await onTerminal(columns, "ikvswitch up --backend netns --set NUM_RACKS=1", term);
    expect(shown).not.toMatch(MOVES);
    expect(shown).toContain("Start the switches ...\n");
  }
  const { stdout, stderr } = await site.type(["ikvswitch up --backend netns --set NUM_RACKS=1"]);
  expect(stdout + stderr).not.toContain(ESC);
}, 120_000);

it("a table fits 80 columns, and is whole at 200 and without a width", async () => {
  const width = async (columns: number) => {
    const lines = (await onTerminal(columns, "ikvswitch plan leaf1")).replaceAll(COLOURS, "").split("\n");
    return Math.max(...lines.map((line) => line.length));
  };
  expect(await width(80)).toBeLessThanOrEqual(80);
  expect(await width(200)).toBeGreaterThan(80);
  expect(await width(0)).toBe(await width(200));
});

it("with NO_COLOR, progress is drawn without colours", async () => {
  const shown = await onTerminal(80, "NO_COLOR=1 ikvswitch status");
  expect(shown).not.toMatch(COLOURS);
});
