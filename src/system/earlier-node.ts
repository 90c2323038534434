/*
 * Debian 12 has Node 18, which lacks two methods of arrays of ES2023. A program imports this file before all others;
 * tests and builds run on Node 20, which has them.
 */

/** Adds the methods to arrays that lack them. */
export function addMethods(prototype: object): void {
  add(
    prototype,
    "toSorted",
    function (this: readonly unknown[], compare?: (a: unknown, b: unknown) => number) {
      return [...this].sort(compare);
    },
  );
  add(prototype, "toReversed", function (this: readonly unknown[]) {
    return [...this].reverse();
  });
}

function add(prototype: object, name: string, method: unknown): void {
  if (!(name in prototype)) {
    Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true });
  }
}

addMethods(Array.prototype);
