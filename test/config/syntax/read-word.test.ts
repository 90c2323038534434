import { describe, expect, it } from "vitest";
import { problems, read } from "../text.ts";

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
  ])("takes %s", (_what, text, value) => {
    expect(read(text).A).toBe(value);
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
  ])("refuses %s, naming the key and the line", (_what, value, message) => {
    expect(problems(`\nA=${value}\nC=d`)).toEqual([`test.conf:2: A: ${message}`]);
  });
});
