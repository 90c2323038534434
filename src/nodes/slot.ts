/** What one step finds and later ones use. */
export function slot<T>(): { readonly set: (value: T) => void; readonly get: () => T } {
  let held: { readonly value: T } | undefined;
  return {
    set: (value) => {
      held = { value };
    },
    get: () => {
      if (held === undefined) {
        throw new Error("a step ran before the one that it builds on");
      }
      return held.value;
    },
  };
}
