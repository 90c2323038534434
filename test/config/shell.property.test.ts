import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/config/evaluate.ts";
import { parseConfigText } from "../../src/config/parse.ts";
import { formatProblem } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

const LINES = 40;

/** Generates names that no shell uses itself. */
const textName = fc.integer({ min: 0, max: 9 }).map((number) => `TEXT_${number}`);
const numberName = fc.integer({ min: 0, max: 9 }).map((number) => `NUMBER_${number}`);

const plain = fc.stringMatching(/^[A-Za-z0-9_.,:+@%=/-]{1,8}$/);
const singleQuoted = fc.stringMatching(/^[ -&(-~äß€]{0,12}$/u).map((text) => `'${text}'`);
const escaped = fc.stringMatching(/^[ -~]$/).map((character) => `\\${character}`);
const escapedInQuotes = fc.constantFrom('\\"', "\\$", "\\`", "\\\\", "\\x", "\\ ", "\\'");
const variable = fc
  .oneof(textName, numberName)
  .chain((name) => fc.constantFrom(`$${name}`, `\${${name}}`))
  // The next character must not become part of the name.
  .map((text) => (text.endsWith("}") ? text : `${text}.`));

const { sum } = fc.letrec<{ sum: string; operand: string }>((tie) => ({
  sum: fc.oneof(
    { maxDepth: 3 },
    tie("operand"),
    fc
      .tuple(tie("operand"), fc.constantFrom("+", "-", "*"), tie("operand"), fc.constantFrom("", " "))
      .map(([left, operator, right, blank]) => `${left}${blank}${operator} ${right}`),
    fc
      .tuple(tie("operand"), fc.constantFrom("/", "%"), fc.integer({ min: 1, max: 9 }))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
  ),
  operand: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 0, max: 300 }).map(String),
    numberName,
    numberName.map((name) => `$${name}`),
    numberName.map((name) => `\${${name}}`),
    tie("sum").map((inner) => `(${inner})`),
    tie("sum").map((inner) => `-(${inner})`),
  ),
}));
const arithmetic = sum.map((inner) => `$(( ${inner} ))`);

const doubleQuoted = fc
  .array(fc.oneof(fc.stringMatching(/^[ !#%-[\]^_a-~]{1,6}$/), escapedInQuotes, variable, arithmetic), {
    maxLength: 4,
  })
  .map((parts) => `"${parts.join("")}"`);

const word = fc
  .array(fc.oneof(plain, singleQuoted, doubleQuoted, escaped, variable, arithmetic), { maxLength: 5 })
  .map((parts) => parts.join(""))
  // A tilde at the beginning is the only character that ikvswitch refuses and a shell accepts.
  .filter((text) => !text.startsWith("~"));

const line = fc
  .tuple(
    fc.constantFrom("", "export ", "  "),
    fc.oneof(
      fc.tuple(textName, word),
      // Small numbers keep products far below 2^53.
      fc.tuple(
        numberName,
        sum.map((inner) => `$(( (${inner}) % 1000 ))`),
      ),
    ),
    fc.constantFrom("", " ", " # a comment; $(not run)"),
  )
  .map(([before, [name, value], after]) => `${before}${name}=${value}${after}`);

/** Assigns every variable before the generated lines. */
const beginning = Array.from(
  { length: 10 },
  (_, index) => `TEXT_${index}=t${index}\nNUMBER_${index}=${index}`,
);

describe("the configuration file's language", () => {
  it("gives every value that sh gives", async () => {
    const host = localHost();
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: LINES, maxLength: LINES }), async (lines) => {
        const text = [...beginning, ...lines, ""].join("\n");
        const { assignments, problems } = parseConfigText(text, "test.conf");
        const evaluated = evaluate(assignments, "test.conf", new Map());
        expect([...problems, ...evaluated.problems].map(formatProblem)).toEqual([]);

        const names = beginning.flatMap((_, index) => [`TEXT_${index}`, `NUMBER_${index}`]);
        const print = names.map((name) => `printf '%s\\n' "$${name}"`).join("\n");
        const shell = await host.run({ file: "sh", args: ["-c", `${text}\n${print}`] });
        expect(names.map((name) => `${evaluated.entries.get(name)?.text}\n`).join("")).toBe(shell.stdout);
      }),
      { numRuns: 60, seed: 20260701 },
    );
  }, 60_000);
});
