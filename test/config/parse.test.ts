import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/config/evaluate.ts";
import { parseConfigText } from "../../src/config/parse.ts";
import { formatProblem } from "../../src/errors.ts";

/** Returns the texts of all keys that are assigned in a file without problems. */
function read(text: string): Record<string, string> {
  const { assignments, problems } = parseConfigText(text, "test.conf");
  expect(problems.map(formatProblem)).toEqual([]);
  const evaluated = evaluate(assignments, "test.conf", new Map());
  expect(evaluated.problems.map(formatProblem)).toEqual([]);
  const written = new Set(assignments.map(({ key }) => key));
  return Object.fromEntries(
    [...evaluated.entries].filter(([key]) => written.has(key)).map(([key, { text }]) => [key, text]),
  );
}

function problems(text: string): string[] {
  const parsed = parseConfigText(text, "test.conf");
  const unreadable = parsed.problems.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const evaluated = evaluate(parsed.assignments, "test.conf", new Map(), unreadable);
  return [...parsed.problems, ...evaluated.problems].map(formatProblem);
}

describe("the syntax of the configuration file", () => {
  it.each([
    ["a plain value", "A=b", "b"],
    ["an empty value", "A=", ""],
    ["an empty quoted value", `A=""`, ""],
    ["a value after export", "export A=b", "b"],
    ["blanks before the key and after the value", " \t A=b \t ", "b"],
    ["a comment after a blank", "A=b # c", "b"],
    ["a comment after an empty value", "A= # c", ""],
    ["a # inside a word", "A=b#c", "b#c"],
    ["a # at the beginning of a value", "A=#c", "#c"],
    ["an = inside a value", "A=b=c", "b=c"],
    ["a Windows line end", "A=b\r\n", "b"],
    ["a byte order mark", "\ufeffA=b", "b"],
    ["no line end at the end", "# c\nA=b", "b"],
    ["a line that continues after a backslash", "A=b\\\nc", "bc"],
    ["a line that continues inside double quotes", 'A="b \\\n c"', "b  c"],
    ["blanks in double quotes", 'A="b  c"', "b  c"],
    ["a ; in double quotes", 'A="b;c"', "b;c"],
    ["command substitutions in single quotes", "A='`b`$(c);$D'", "`b`$(c);$D"],
    ["quotes within a word", `A=b'c d'"e f"g`, "bc de fg"],
    ["a quote within other quotes", `A="it's"'"'`, `it's"`],
    ["an escaped blank", "A=b\\ c", "b c"],
    ["an escaped dollar sign", "A=\\$B", "$B"],
    ["an escaped quote in double quotes", 'A="b\\"c"', 'b"c'],
    ["a backslash in double quotes that escapes nothing", 'A="b\\c"', "b\\c"],
    ["a dollar sign at the end", "A=b$", "b$"],
    ["a dollar sign before a full stop", "A=b$.c", "b$.c"],
    ["braces and patterns that a shell leaves alone here", "A={b,c}*?[d]", "{b,c}*?[d]"],
    ["a variable", "B=c\nA=$B", "c"],
    ["a variable in braces within a word", "B=c\nA=x${B}y", "xcy"],
    ["a variable in double quotes", 'B=c\nA="$B d"', "c d"],
    ["a variable whose value looks like a variable", "B='$C'\nA=$B", "$C"],
    ["a variable before it is assigned again", "B=1\nA=$B\nB=2", "1"],
    ["a variable that is made from itself", "A=1\nA=${A}2", "12"],
    ["a key with its default", "A=${NUM_U}", "15"],
    [
      "a key whose default follows another one",
      "NUM_U=7\nVLAN_SBUNETS_START_IP=1\nA=$VLAN_SBUNET3_PREFIX",
      "192.168.3",
    ],
    ["a sum", "A=$((1+2))", "3"],
    ["a sum within a word", "B=96\nA=x.$(( ${B} + 1 )).y", "x.97.y"],
    ["variables in a sum with and without a dollar sign", "B=2\nA=$(( B * $B * ${B} ))", "8"],
    ["products before sums", "A=$(( 2 + 3 * 4 - 10 / 5 ))", "12"],
    ["operators of one rank from the left", "A=$(( 9 - 4 - 2 ))", "3"],
    ["parentheses", "A=$(( (2 + 3) * (4 - 1) ))", "15"],
    ["parentheses at the very beginning and end", "A=$(((1+2)))", "3"],
    ["a sum in a sum", "A=$(( $((1+1)) + 1 ))", "3"],
    ["signs", "A=$(( -3 + +5 - -2 ))", "4"],
    ["a division that cuts off", "A=$(( -7 / 2 ))", "-3"],
    ["a remainder with the sign of the dividend", "A=$(( -7 % 3 ))", "-1"],
    ["a remainder of nothing", "A=$(( -6 % 3 ))", "0"],
    ["a sum in double quotes", 'A="$(( 1 + 1 )) x"', "2 x"],
  ])("takes %s", (_what, text, value) => {
    expect(read(text).A).toBe(value);
  });

  it("uses the last assignment of a key", () => {
    expect(read("A=1\nA=2")).toEqual({ A: "2" });
  });

  it("has the line on which each assignment begins", () => {
    const { assignments } = parseConfigText("# c\n\nA=b\\\n  \nB=c\r\n\r\nC=d", "test.conf");
    expect(assignments.map(({ key, line }) => [key, line])).toEqual([
      ["A", 3],
      ["B", 5],
      ["C", 7],
    ]);
  });

  it.each([
    ["echo hello", '"echo hello" is not KEY=VALUE; this file is never executed; comments begin with #'],
    [
      ". /etc/default/x",
      '". /etc/default/x" is not KEY=VALUE; this file is never executed; comments begin with #',
    ],
    ["export A", '"export A" is not KEY=VALUE; this file is never executed; comments begin with #'],
    ["1A=b", '"1A=b" is not KEY=VALUE; this file is never executed; comments begin with #'],
    ["A-B=c", '"A-B=c" is not KEY=VALUE; this file is never executed; comments begin with #'],
    ["A =b", "write A=VALUE, with = right after the key and the value right after ="],
    ["A: b", "write A=VALUE, with = right after the key and the value right after ="],
    ["A+=b", "appending to A is not supported; write the whole value: A=VALUE"],
    ["A[1]=b", "appending to A is not supported; write the whole value: A=VALUE"],
  ])("refuses the line %s", (line, message) => {
    expect(problems(`# 1\n${line}\n# 3`)).toEqual([`test.conf:2: ${message}`]);
  });

  it.each([
    [
      "a command after a blank",
      "b c",
      "text after the value; quote a value with blanks, and begin a comment with #",
    ],
    ["a blank before the value", " b", "blank after =; write the value right after it"],
    [
      "a second command",
      "b;reboot",
      "; is not supported, because this file is never executed; write one assignment per line; a literal ; goes in quotes",
    ],
    [
      "a command in the background",
      "b&",
      "& is not supported, because this file is never executed; a literal & goes in quotes",
    ],
    ["a pipe", "b|c", "| is not supported, because this file is never executed; a literal | goes in quotes"],
    [
      "an input file",
      "b<c",
      "< is not supported, because this file is never executed; a literal < goes in quotes",
    ],
    [
      "an output file",
      "b>c",
      "> is not supported, because this file is never executed; a literal > goes in quotes",
    ],
    [
      "an array",
      "(b c)",
      "( is not supported: no arrays, no subshells; separate list items by commas; a literal ( goes in quotes",
    ],
    ["a lone parenthesis", "b)", "unmatched ); a literal ) goes in quotes"],
    [
      "backticks",
      "`id`",
      "backticks are not supported, because this file is never executed; write the command's result",
    ],
    [
      "backticks in double quotes",
      '"`id`"',
      "backticks are not supported, because this file is never executed; write the command's result; a literal ` goes in single quotes",
    ],
    [
      "a command's output",
      "$(id)",
      "$( … ) is not supported, because this file is never executed; write the command's result, or calculate with $(( … ))",
    ],
    [
      "a command's output in double quotes",
      '"x $(id)"',
      "$( … ) is not supported, because this file is never executed; write the command's result, or calculate with $(( … ))",
    ],
    ["a home directory", "~/x", "~ is not expanded; write the full path, or quote it"],
    [
      "a default in braces",
      "${B:-c}",
      "${B… is not a plain variable name in braces: write ${B}; defaults and patterns are not supported",
    ],
    [
      "a length in braces",
      "${#B}",
      "${… is not a plain variable name in braces: write one name between the braces; defaults and patterns are not supported",
    ],
    [
      "braces that stay open",
      "${B",
      "${B… is not a plain variable name in braces: write ${B}; defaults and patterns are not supported",
    ],
    [
      "a shell's own variable",
      "$1",
      "$1 is a shell's special variable and not supported; write a literal dollar sign as \\$ or in single quotes",
    ],
    ["an old form of arithmetic", "$[1+1]", "$[ … ] is not supported; use $(( … ))"],
    [
      "a dollar sign before a quote",
      "$'b\\n'",
      "a dollar sign before a quote is not supported; remove it, or write \\$",
    ],
    [
      "a single quote that stays open",
      "'b",
      "the single quote ' is not closed on its line; a literal ' is written \\' or \"'\"",
    ],
    [
      "a double quote that stays open",
      '"b',
      'the double quote " is not closed on its line; a literal " is written \\"',
    ],
    [
      "an undefined variable",
      "$NO_SUCH",
      "unknown variable: NO_SUCH; write a literal dollar sign as \\$ or in single quotes",
    ],
    [
      "a misspelt variable",
      "$NUM_UU",
      "unknown variable: NUM_UU; did you mean NUM_U? write a literal dollar sign as \\$ or in single quotes",
    ],
    [
      "a sum that stays open",
      "$((1+2)",
      '")" is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))',
    ],
    [
      "a sum without its end",
      "$((1+",
      "the end of the line is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))",
    ],
    [
      "a comparison",
      "$((1<2))",
      '"<" is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))',
    ],
    [
      "a power",
      "$((2**3))",
      '"*" is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))',
    ],
    [
      "an octal number",
      "$((010))",
      '"010" is not a decimal number without leading zeros (a shell reads 010 as 8)',
    ],
    [
      "a hexadecimal number",
      "$((0x10))",
      '"0x10" is not a decimal number without leading zeros (a shell reads 010 as 8)',
    ],
    ["a huge number", "$((9007199254740992))", '"9007199254740992" is too large'],
    ["a huge result", "$((9007199254740991+1))", "the result of $(( … )) is too large"],
    ["a division by zero", "$((1/0))", "division by zero in $(( … ))"],
    ["a remainder by zero", "$((1%(1-1)))", "division by zero in $(( … ))"],
    [
      "a change of a variable",
      "$((++NUM_U))",
      '"++" changes variables in a shell and is not supported; write + 1 or - 1',
    ],
    [
      "a sum of words",
      "$((DOMAIN+1))",
      '$(( … )) needs whole decimal numbers, but DOMAIN is "ikvswitch.internal"',
    ],
    ["parentheses without end", `$((${"(".repeat(100_000)}`, "parentheses are nested more than 20 deep"],
    ["operators without end", `$((1${"+1".repeat(100_000)}))`, "more than 50 operators in a row"],
  ])("refuses %s, naming the key and the line", (_what, value, message) => {
    expect(problems(`\nA=${value}\nC=d`)).toEqual([`test.conf:2: A: ${message}`]);
  });

  it("refuses a backslash that ends the file", () => {
    expect(problems("A=b\\")).toEqual([
      "test.conf:1: A: the file ends with a backslash; remove it, or write \\\\ for a literal one",
    ]);
  });

  it("names the line of a key that is assigned too late", () => {
    expect(problems("A=$B\n\nB=c")).toEqual([
      "test.conf:1: A: B is set only on line 3; move that line above this one",
    ]);
    expect(problems("A=$HOST_VIRTUAL_SUBNET_PREFIX\nHOST_VIRTUAL_SUBNET_END_PREFIX=0")).toEqual([
      "test.conf:1: A: HOST_VIRTUAL_SUBNET_END_PREFIX is set only on line 2; move that line above this one",
    ]);
  });

  it("continues after a problem, and reports none that only follows from another", () => {
    expect(problems("A=$(x)\nB=$A\nC=$(( B + 1 ))\nD=`y`")).toEqual([
      "test.conf:1: A: $( … ) is not supported, because this file is never executed; write the command's result, or calculate with $(( … ))",
      "test.conf:4: D: backticks are not supported, because this file is never executed; write the command's result",
    ]);
  });

  it("limits the length of a value that doubles on every line", () => {
    const doubling = Array.from({ length: 60 }, () => "A=$A$A");
    expect(problems(["A=xxxxxxxxxx", ...doubling].join("\n"))).toEqual([
      "test.conf:10: A: the value exceeds 4096 characters",
    ]);
  });

  it("never shows text that may be part of a password", () => {
    const text =
      'VM_ROOT_PASS=geheim geheim\nVM_ROOT_PASS=a${geheim-geheim\nVM_ROOT_PASS="geheim\nVM_ROOT_PASS = geheim';
    expect(problems(text)).toHaveLength(4);
    expect(problems(text).join("\n").replace("${geheim…", "").replace("${geheim}", "")).not.toContain(
      "geheim",
    );
  });
});
