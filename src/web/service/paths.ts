/** Where the API begins. */
export const API_PATH = "/api/v1";

/** Returns the parameters that make this path of that form; undefined if none do. */
export function parametersIn(form: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = form.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) {
    return undefined;
  }
  const parameters: [string, string][] = [];
  for (const [index, part] of wanted.entries()) {
    const word = given[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined ? part !== word : !/^[\w.-]{1,64}$/.test(word)) {
      return undefined;
    }
    if (name !== undefined) {
      parameters.push([name, word]);
    }
  }
  return Object.fromEntries(parameters);
}
