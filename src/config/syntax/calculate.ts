import { SyntaxProblem } from "./cursor.ts";
import { quote } from "./quote.ts";
import type { Expression, Operator } from "./words.ts";

/**
 * Evaluates the expression in `$(( … ))` with integers, as a shell does: 7 / 2 is 3, -7 / 2 is -3.
 *
 * @param lookUp text of a variable
 * @throws NotANumber for a variable whose text is not a number
 * @throws SyntaxProblem for a division by zero, or a result beyond 2^53
 */
export function calculate(expression: Expression, lookUp: (name: string) => string): number {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "variable":
      return readNumber(expression.name, lookUp(expression.name));
    case "negation":
      return 0 - calculate(expression.operand, lookUp);
    case "operation": {
      const left = calculate(expression.left, lookUp);
      const right = calculate(expression.right, lookUp);
      return operate(expression.operator, left, right);
    }
  }
}

/** An expression contains a variable whose text is not a number. */
export class NotANumber extends SyntaxProblem {
  readonly variable: string;

  constructor(variable: string, text: string) {
    super(`$(( … )) needs whole decimal numbers, but ${variable} is ${quote(text)}`);
    this.variable = variable;
  }
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^-?(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(value)) {
    throw new NotANumber(name, text);
  }
  return value;
}

function operate(operator: Operator, left: number, right: number): number {
  if (right === 0 && (operator === "/" || operator === "%")) {
    throw new SyntaxProblem("division by zero in $(( … ))");
  }
  const result = OPERATIONS[operator](left, right);
  if (!Number.isSafeInteger(result)) {
    throw new SyntaxProblem("the result of $(( … )) is too large");
  }
  return result;
}

const OPERATIONS: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => Math.trunc(left / right),
  "%": (left, right) => left % right,
};
