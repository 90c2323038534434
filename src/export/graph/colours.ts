export interface Colour {
  readonly light: string;
  /** For a dark background. */
  readonly dark: string;
}

/** One colour for each possible spine. */
export const SPINE_COLOURS: readonly Colour[] = [
  { light: "#2563eb", dark: "#6ea8ff" },
  { light: "#e8590c", dark: "#ff9f5a" },
  { light: "#0d9488", dark: "#3fd6c4" },
  { light: "#c02675", dark: "#ff86bd" },
  { light: "#7c3aed", dark: "#b79aff" },
  { light: "#4d7c0f", dark: "#a5d64c" },
  { light: "#b45309", dark: "#f2bd4b" },
  { light: "#0284c7", dark: "#5fcbff" },
  { light: "#7c5c4a", dark: "#cfae9a" },
];

/** Returns the spine's colour on a light background. */
export function spineColour(spine: number): string {
  return SPINE_COLOURS[spine - 1]?.light ?? "#4a5670";
}
