import { type Cursor, peek, SyntaxProblem, startsWith, take, takeMatch } from "./cursor.ts";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * Parses `$NAME` or `${NAME}`, with the cursor on the dollar sign. Returns undefined without moving if no shell
 * expansion follows the dollar sign, which is then literal.
 */
export function readVariableName(cursor: Cursor): string | undefined {
  if (startsWith(cursor, "${")) {
    return readBraced(cursor);
  }
  const next = peek(cursor, 1);
  if (/[A-Za-z_]/.test(next)) {
    take(cursor);
    return takeMatch(cursor, NAME);
  }
  if (next === "(") {
    throw new SyntaxProblem(
      "$( … ) is not supported, because this file is never executed; write the command's result, or calculate with $(( … ))",
    );
  }
  if (next === "[") {
    throw new SyntaxProblem("$[ … ] is not supported; use $(( … ))");
  }
  if (next !== "" && "0123456789@*#?$!-".includes(next)) {
    throw new SyntaxProblem(
      `$${next} is a shell's special variable and not supported; write a literal dollar sign as \\$ or in single quotes`,
    );
  }
  return undefined;
}

function readBraced(cursor: Cursor): string {
  take(cursor, "${".length);
  const name = takeMatch(cursor, NAME);
  if (name === "" || peek(cursor) !== "}") {
    const advice = name === "" ? "write one name between the braces" : `write \${${name}}`;
    throw new SyntaxProblem(
      `\${${name}… is not a plain variable name in braces: ${advice}; defaults and patterns are not supported`,
    );
  }
  take(cursor);
  return name;
}
