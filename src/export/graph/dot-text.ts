/** Returns a quoted string of Graphviz's language; \n in it is a line break in the drawing. */
export function quote(content: string): string {
  return `"${content.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** Returns text for Graphviz's HTML-like labels. */
export function escapeHtml(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
