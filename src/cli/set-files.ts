import { quote } from "../config/syntax/quote.ts";
import { ConfigError, FileError } from "../errors.ts";
import type { Host } from "../system/host.ts";

/**
 * Turns each `KEY=FILE` into `KEY=VALUE`: the file's text without its last newline. Every user of the host can read
 * command lines in the process list, while a file has a mode.
 * @throws ConfigError naming the file that can't be read
 */
export async function readSetFiles(host: Host, words: readonly string[]): Promise<readonly string[]> {
  return Promise.all(words.map((word) => readSetFile(host, word)));
}

async function readSetFile(host: Host, word: string): Promise<string> {
  const [, key, path] = /^([A-Za-z_][A-Za-z0-9_]*)=(.+)$/s.exec(word) ?? [];
  if (key === undefined || path === undefined) {
    throw problem(`${quote(word)} is not KEY=FILE, such as VM_ROOT_PASS=/root/password`);
  }
  const text = await readText(host, path);
  if (text === undefined) {
    throw problem(`${key}: no such file: ${quote(path)}`);
  }
  return `${key}=${text.replace(/\r?\n$/, "")}`;
}

async function readText(host: Host, path: string): Promise<string | undefined> {
  try {
    return await host.readFile(path);
  } catch (error) {
    if (error instanceof FileError) {
      throw problem(error.message);
    }
    throw error;
  }
}

function problem(message: string): ConfigError {
  return new ConfigError([{ file: "--set-file", message }]);
}
