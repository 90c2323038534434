/**
 * The language of ikvswitch.conf: the part of a shell's syntax that assigns values. It is read into these
 * types and evaluated by us; no shell ever sees it.
 */

/** `KEY=word`, with the line (from 1) that it begins on. */
export interface Assignment {
  readonly line: number;
  readonly key: string;
  readonly word: Word;
}

/** A value before interpolation: its pieces are joined. */
export type Word = readonly Piece[];

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "arithmetic"; readonly expression: Expression };

/** What stands inside `$(( … ))`. */
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

/** The names of all variables in a word, each once. */
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
