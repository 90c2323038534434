/** The parts of a page, in man(7)'s macros. */

/** Returns text that roff shows as it is: quotes, carets and minus signs stay ASCII, so that they can be copied. */
export function escapeRoff(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti");
  return escaped.replaceAll(/^\./gm, "\\&.");
}

export function bold(text: string): string {
  return `\\fB${escapeRoff(text)}\\fR`;
}

export function italic(text: string): string {
  return `\\fI${escapeRoff(text)}\\fR`;
}

/** Returns a section, without an empty one. Its lines are roff already. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${quoted(title)}`, ...lines];
}

export function subsection(title: string, lines: readonly string[]): readonly string[] {
  return [`.SS ${quoted(title)}`, ...lines];
}

/** Returns paragraphs; the first one follows a heading, which begins one itself. */
export function paragraphs(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : [".PP"]), escapeRoff(text)]);
}

/** Returns an item of a list: a term in roff, and its explanation in plain text. */
export function item(term: string, text: string): readonly string[] {
  return [".TP", term, escapeRoff(text)];
}

/** Returns lines that are shown as they are, in the font of programs. */
export function verbatim(lines: readonly string[]): readonly string[] {
  return [".PP", ".RS 4", ".nf", ...lines.map(escapeRoff), ".fi", ".RE"];
}

/** Returns "NAME(1)" with the name in bold. */
export function reference(name: string, chapter: number): string {
  return `${bold(name)}(${chapter})`;
}

function quoted(text: string): string {
  return `"${escapeRoff(text).replaceAll('"', "\\(dq")}"`;
}
