/**
 * Returns the text or, if it is longer than `most` characters, its beginning and its end with the number of characters
 * left out. The end gets the larger part: errors are usually at the end.
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
