import { type Cursor, peek, SyntaxProblem, skipBlanks, startsWith, take, takeMatch } from "./cursor.ts";
import { quote } from "./quote.ts";
import { readVariableName } from "./variable.ts";
import type { Expression, Operator } from "./words.ts";

/** No real configuration nests deeper, and deeper nesting would overflow our own stack. */
const MAX_DEPTH = 20;
const MAX_OPERATORS = 50;
const LAST_NUMBER = BigInt(Number.MAX_SAFE_INTEGER);

/** Parses `$(( … ))`, with the cursor on its dollar sign. */
export function readArithmetic(cursor: Cursor, depth = 0): Expression {
  take(cursor, "$((".length);
  const expression = readSum(cursor, depth);
  skipBlanks(cursor);
  if (!startsWith(cursor, "))")) {
    throw unexpected(cursor);
  }
  take(cursor, "))".length);
  return expression;
}

function readSum(cursor: Cursor, depth: number): Expression {
  return readChain(cursor, ["+", "-"], () => readProduct(cursor, depth));
}

function readProduct(cursor: Cursor, depth: number): Expression {
  return readChain(cursor, ["*", "/", "%"], () => readOperand(cursor, depth));
}

/** Operators of equal precedence associate to the left: 9 - 4 - 2 is 3. */
function readChain(cursor: Cursor, operators: readonly Operator[], readNext: () => Expression): Expression {
  let left = readNext();
  for (let length = 0; ; length += 1) {
    skipBlanks(cursor);
    const operator = operators.find((candidate) => candidate === peek(cursor));
    if (operator === undefined) {
      return left;
    }
    if (length === MAX_OPERATORS) {
      throw new SyntaxProblem(`more than ${MAX_OPERATORS} operators in a row`);
    }
    take(cursor);
    left = { kind: "operation", operator, left, right: readNext() };
  }
}

function readOperand(cursor: Cursor, depth: number): Expression {
  if (depth > MAX_DEPTH) {
    throw new SyntaxProblem(`parentheses are nested more than ${MAX_DEPTH} deep`);
  }
  skipBlanks(cursor);
  if (startsWith(cursor, "++") || startsWith(cursor, "--")) {
    throw new SyntaxProblem(
      `${quote(take(cursor, 2))} changes variables in a shell and is not supported; write + 1 or - 1`,
    );
  }
  const next = peek(cursor);
  if (next === "-" || next === "+") {
    take(cursor);
    const operand = readOperand(cursor, depth + 1);
    return next === "-" ? { kind: "negation", operand } : operand;
  }
  if (next === "(") {
    take(cursor);
    const inner = readSum(cursor, depth + 1);
    skipBlanks(cursor);
    if (peek(cursor) !== ")") {
      throw unexpected(cursor);
    }
    take(cursor);
    return inner;
  }
  return readLeaf(cursor, depth);
}

function readLeaf(cursor: Cursor, depth: number): Expression {
  if (startsWith(cursor, "$((")) {
    return readArithmetic(cursor, depth + 1);
  }
  if (peek(cursor) === "$") {
    const name = readVariableName(cursor);
    if (name === undefined) {
      throw unexpected(cursor);
    }
    return { kind: "variable", name };
  }
  const number = takeMatch(cursor, /[0-9][0-9A-Za-z_#]*/y);
  if (number !== "") {
    return { kind: "number", value: readNumber(number) };
  }
  const name = takeMatch(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  if (name === "") {
    throw unexpected(cursor);
  }
  return { kind: "variable", name };
}

function readNumber(text: string): number {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) {
    throw new SyntaxProblem(
      `${quote(text)} is not a decimal number without leading zeros (a shell reads 010 as 8)`,
    );
  }
  if (text.length > 16 || BigInt(text) > LAST_NUMBER) {
    throw new SyntaxProblem(`${quote(text)} is too large`);
  }
  return Number(text);
}

function unexpected(cursor: Cursor): SyntaxProblem {
  const next = peek(cursor);
  const found = next === "" || next === "\n" ? "the end of the line" : quote(next);
  return new SyntaxProblem(
    `${found} is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))`,
  );
}
