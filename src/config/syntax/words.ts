/**
 * The language of ikvswitch.conf: the part of a shell's syntax that assigns values. ikvswitch parses it into these
 * types and evaluates it itself; no shell is involved.
 */

/** `KEY=word`, with the number of its first line (from 1). */
export interface Assignment {
  readonly line: number;
  readonly key: string;
  readonly word: Word;
}

/** A value before interpolation; its pieces are concatenated. */
export type Word = readonly Piece[];

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "arithmetic"; readonly expression: Expression };

/** The expression inside `$(( … ))`. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "negation"; readonly operand: Expression }
  | {
      readonly kind: "operation";
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type Operator = "+" | "-" | "*" | "/" | "%";

/** Returns the names of all variables in a word, each once. */
export function variablesOf(word: Word): ReadonlySet<string> {
  const names = new Set<string>();
  for (const piece of word) {
    if (piece.kind === "variable") {
      names.add(piece.name);
    } else if (piece.kind === "arithmetic") {
      addVariables(piece.expression, names);
    }
  }
  return names;
}

function addVariables(expression: Expression, names: Set<string>): void {
  switch (expression.kind) {
    case "number":
      return;
    case "variable":
      names.add(expression.name);
      return;
    case "negation":
      addVariables(expression.operand, names);
      return;
    case "operation":
      addVariables(expression.left, names);
      addVariables(expression.right, names);
  }
}
