/**
 * The text, or its beginning and its end where it is longer than `most` characters, and how much is left out. The end has
 * the larger part: what failed is told last.
 */
export function clip(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const head = Math.floor(most / 4);
  const tail = most - head;
  const left = `[… ${text.length - most} characters are left out …]`;
  return `${text.slice(0, head)}${left}${text.slice(-tail)}`;
}
