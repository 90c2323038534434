import { type Cursor, peek, SyntaxProblem, startsWith, take, takeMatch } from "./cursor.ts";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/**
 * Reads `$NAME` or `${NAME}`, with the cursor on the dollar sign. Gives undefined, and stays, where the dollar
 * sign is followed by nothing that a shell would replace: it then stands for itself.
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
      "$( … ) would run a command, and nothing in this file is ever run; write its result, or calculate with $(( … ))",
    );
  }
  if (next === "[") {
    throw new SyntaxProblem("$[ … ] is not understood; calculate with $(( … ))");
  }
  if (next !== "" && "0123456789@*#?$!-".includes(next)) {
    throw new SyntaxProblem(
      `$${next} is a shell's own variable and has no value here; for a literal dollar sign write \\$ or use single quotes`,
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
      `\${${name}… is more than a variable's name, or lacks its }: ${advice}; defaults and patterns have no meaning here`,
    );
  }
  take(cursor);
  return name;
}
