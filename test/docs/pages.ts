import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** Path from the project's folder. */
  readonly name: string;
  readonly text: string;
}

/** Returns README.md and all pages of docs. */
export function readPages(): readonly Page[] {
  const docs = readdirSync(`${root}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`);
  return ["README.md", ...docs].map(readPage);
}

/** Returns one page. */
export function readPage(name: string): Page {
  return { name, text: readFileSync(`${root}${name}`, "utf8") };
}

/** Returns the code blocks of a page that are commands: fenced without a language, or indented. */
export function codeBlocks({ text }: Page): readonly string[] {
  const fenced = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, language, code = ""]) =>
    language === "" ? [code] : [],
  );
  const indented = text
    .replaceAll(/^```.*?^```$/gms, "")
    .split(/\n(?! {4}|\n)/)
    .flatMap((part) => /^(?: {4}.*\n?)+/m.exec(part)?.[0] ?? [])
    .map((part) => part.replaceAll(/^ +/gm, ""));
  return [...fenced, ...indented];
}

/** Returns the command lines of a page, each as a user types it. */
export function commandLines(name: string): readonly string[] {
  return codeBlocks(readPage(name)).flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, " ")
      .split("\n")
      .filter((line) => line.trim() !== ""),
  );
}

/** Returns the code in a page's prose: what stands between backticks. */
export function inlineCode({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/`([^`]+)`/g)].map((match) => (match[1] ?? "").replaceAll(/\s+/g, " "));
}

/**
 * Returns the commands of a block of shell lines as words: without comments, redirections and variables set for one
 * command. Commands in `$(…)` are commands, too. What quotes and backslashes mean is understood, nothing else is.
 */
export function commandsOf(block: string): readonly (readonly string[])[] {
  const commands: string[][] = [];
  const text = block.replaceAll(/\\\n\s*/g, " ").replaceAll(/(^|\s)#.*$/gm, "$1");
  const inner = [...text.matchAll(/\$\(([^()]*)\)/g)].map((match) => match[1] ?? "");
  for (const part of [text.replaceAll(/\$\([^()]*\)/g, "substitution"), ...inner]) {
    let words: string[] = [];
    for (const [token] of part.matchAll(
      /(?:"[^"]*"|'[^']*'|\\.|[^\s"'|;&<>()])+|[|;&()\n]+|\d?[<>]+&?\s*(?:"[^"]*"|'[^']*'|[^\s|;&()"'])*/g,
    )) {
      if (/^[|;&()\n]+$/.test(token)) {
        commands.push(words);
        words = [];
      } else if (!/^\d?[<>]/.test(token) && !(words.length === 0 && /^[A-Z_]+=/.test(token))) {
        words.push(token.replaceAll(/"([^"]*)"|'([^']*)'|\\(.)/g, "$1$2$3"));
      }
    }
    commands.push(words);
  }
  return commands.filter((words) => words.length > 0);
}
