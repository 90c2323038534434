import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { canRedraw, canShowLive, print, printJson, tell, warn } from "../../src/cli/output.ts";
import { reportError } from "../../src/cli/report-error.ts";
import { PreflightError } from "../../src/errors.ts";
import { formatTable } from "../../src/format/table.ts";
import { toned, withoutTones } from "../../src/format/tone.ts";

const wasTerminal = [process.stdout.isTTY, process.stderr.isTTY] as const;
let written = "";

beforeEach(() => {
  written = "";
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("TERM", "xterm");
  for (const stream of [process.stdout, process.stderr]) {
    stream.isTTY = true;
    vi.spyOn(stream, "write").mockImplementation((text) => {
      written += String(text);
      return true;
    });
  }
});

afterEach(() => {
  [process.stdout.isTTY, process.stderr.isTTY] = wasTerminal;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const GREEN = "\x1b[32m";
const RED = "\x1b[31m";
const YELLOW = "\x1b[33m";
const DEFAULT = "\x1b[39m";

const table = formatTable(
  ["SWITCH", "STATE", "SESSIONS"],
  [
    ["leaf1", { tone: "good", value: "running" }, "3/3"],
    ["leaf2", { tone: "bad", value: "stopped" }, { tone: "doubtful", value: "?/3" }],
  ],
);

it("states are coloured on a terminal, and columns stay aligned", () => {
  print(`${table}\n${toned("bad", "one\ntwo")}`);
  expect(written).toBe(
    [
      "SWITCH  STATE    SESSIONS",
      `leaf1   ${GREEN}running${DEFAULT}  3/3`,
      `leaf2   ${RED}stopped${DEFAULT}  ${YELLOW}?/3${DEFAULT}`,
      `${RED}one${DEFAULT}`,
      `${RED}two${DEFAULT}`,
      "",
    ].join("\n"),
  );
});

it("a failure's first line is coloured, and so is the word before a warning", () => {
  reportError(new PreflightError([{ what: "no tun", why: "taps need it", fix: "modprobe tun" }]), {
    debug: false,
    json: false,
  });
  warn("it is late");
  tell("done");
  expect(written).toContain(
    `${RED}This host does not meet the requirements. Nothing was changed.${DEFAULT}\n\n  no tun`,
  );
  expect(written).toContain(`${YELLOW}Warning:${DEFAULT} it is late\ndone\n`);
});

it.each([
  ["with NO_COLOR", () => vi.stubEnv("NO_COLOR", "1")],
  ["with TERM=dumb", () => vi.stubEnv("TERM", "dumb")],
  [
    "to a pipe or a file",
    () => {
      process.stdout.isTTY = false;
      process.stderr.isTTY = false;
    },
  ],
])("nothing is coloured %s", (_where, arrange) => {
  arrange();
  print(table);
  warn("it is late");
  reportError(new Error("oh"), { debug: false, json: false });
  expect(written).toContain("leaf2   stopped  ?/3\nWarning: it is late\noh\n");
  expect(written).not.toContain("\x1b");
  expect(withoutTones(written)).toBe(written);
});

it("an empty NO_COLOR has no effect", () => {
  vi.stubEnv("NO_COLOR", "");
  print(table);
  expect(written).toContain(GREEN);
});

it("documents are never coloured", () => {
  printJson({ state: toned("good", "running") });
  expect(written).not.toContain("\x1b");
});

it("nothing is redrawn on a dumb terminal or without one, nor progress where the size is unknown", () => {
  Object.assign(process.stderr, { columns: 80, rows: 24 });
  expect([canRedraw(), canShowLive()]).toEqual([true, true]);
  process.stderr.columns = 0;
  expect(canShowLive()).toBe(false);
  process.stderr.columns = 80;
  vi.stubEnv("TERM", "dumb");
  expect([canRedraw(), canShowLive()]).toEqual([false, false]);
  vi.stubEnv("TERM", "xterm");
  process.stderr.isTTY = false;
  expect([canRedraw(), canShowLive()]).toEqual([true, false]);
});

it("a switch's text can neither set colours in a cell nor end a colour early", () => {
  const hostile = "\ufdd0up\ufdd3\x1b[32m";
  print(formatTable(["STATE", ""], [[{ tone: "bad", value: hostile }, hostile]]));
  expect(written).toBe(`STATE\n${RED}up\\u001b[32m${DEFAULT}  up\\u001b[32m\n`);
});
