import { homedir } from "node:os";
import { ENCLOSURE_FOLDER, OUTSIDE_STATE, USER_CONFIG } from "../enclosure/inside.ts";
import { type EnclosurePlace, enclosurePlace } from "../enclosure/place.ts";
import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import { isErrno } from "../system/unless-missing.ts";
import { warn } from "./output.ts";
import { passWordsOn } from "./pass-on.ts";
import { nextWord } from "./words.ts";

/** Commands that can do without an enclosure, on a host that allows none: they only read. */
const READING = ["plan", "graph", "config", "doctor"];

/** Commands that have nothing to do in an enclosure. */
const OUTSIDE = ["completion"];

/**
 * Runs this program's command line in the enclosure of an ordinary user: all else goes on there as for root.
 * @returns the exit code; undefined for root, and where there is nothing to do in an enclosure.
 */
export async function runInEnclosure(words: readonly string[]): Promise<number | undefined> {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0 || needsNoFabric(words)) {
    return undefined;
  }
  const [{ localHost }, { runEnclosed }] = await Promise.all([
    import("../system/local-host.ts"),
    import("../enclosure/run.ts"),
  ]);
  const host = localHost();
  const name = nameIn(words);
  const place = enclosurePlace(process.env, { home: homedir(), uid }, name);
  const [file = "", ...args] = enteringWords(words) ?? [...ownProgram(), ...words];
  try {
    return await runEnclosed(host, {
      place,
      programs: productPath("libexec/enclosure"),
      command: { file, args, env: await environment(host, place) },
      onStay: takesDown(words)
        ? (found, { pid }) =>
            warn(
              `your namespaces stay, since they have ${found.join(", ")}; 'kill -KILL ${pid}' ends all of it`,
            )
        : undefined,
    });
  } catch (error) {
    const command = words[nextWord(words, 0)] ?? "";
    if (error instanceof PreflightError && READING.includes(command)) {
      if (command === "doctor") {
        warn(error.message);
      }
      return undefined;
    }
    throw error;
  }
}

/** Returns the program of `enter`, which needs nothing of ours inside; undefined for other commands. */
function enteringWords(given: readonly string[]): readonly string[] | undefined {
  const words = passWordsOn(given);
  const command = nextWord(words, 0);
  return words[command] !== "enter" || words[command + 1] !== "--"
    ? undefined
    : programToEnter(words.slice(command + 2));
}

/** Returns the words, or the user's shell if there is none. */
export function programToEnter(words: readonly string[]): readonly string[] {
  return words.length > 0 ? words : [process.env.SHELL || "/bin/sh"];
}

/** Returns Node and the path of the program that it runs. */
export function ownProgram(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
}

/** Reports whether there is such a file, as far as this user may know: HOME may be that of another user. */
async function exists(host: Host, path: string): Promise<boolean> {
  try {
    return (await host.stat(path)) !== undefined;
  } catch (error) {
    if (isErrno(error, "EACCES")) {
      return false;
    }
    throw error;
  }
}

/** Returns the variables that the command gets besides those of its caller. */
async function environment(host: Host, place: EnclosurePlace): Promise<Readonly<Record<string, string>>> {
  const folders = [...(process.env.PATH ?? "").split(":"), ...ROOTS_FOLDERS];
  return {
    [OUTSIDE_STATE]: place.state,
    [ENCLOSURE_FOLDER]: place.folder,
    ...((await exists(host, place.config)) ? { [USER_CONFIG]: place.config } : {}),
    HOME: homedir(),
    // An ordinary user's search path often lacks the folders of root's programs.
    PATH: [...new Set(folders)].filter((folder) => folder !== "").join(":"),
  };
}

const ROOTS_FOLDERS = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

function takesDown(words: readonly string[]): boolean {
  const command = nextWord(words, 0);
  return (
    words[command] === "down" || (words[command] === "net" && words[nextWord(words, command + 1)] === "stop")
  );
}

/** Returns the fabric's name, if the command line has a valid one. The command itself rejects others. */
export function nameIn(given: readonly string[]): string | undefined {
  const words = ownWords(given);
  const at = words.findLastIndex((word) => word === "--name" || word.startsWith("--name="));
  const name = words[at] === "--name" ? words[at + 1] : words[at]?.slice("--name=".length);
  return name !== undefined && /^[a-z][a-z0-9-]{0,15}$/.test(name) ? name : undefined;
}

/** Reports whether `--json` is given, also in a command line that is wrong. */
export function asksForJson(words: readonly string[]): boolean {
  return ownWords(words).some((word) => word === "--json" || word === "--json=true");
}

/** Returns the words that are ours, without those for another program. */
function ownWords(given: readonly string[]): readonly string[] {
  const words = passWordsOn(given);
  return words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
}

/** Reports whether it is a command that prints what is known without a fabric. */
function needsNoFabric(given: readonly string[]): boolean {
  const words = ownWords(given);
  return (
    nextWord(words, 0) === words.length ||
    OUTSIDE.includes(words[nextWord(words, 0)] ?? "") ||
    ["--help", "-h", "--version"].some((word) => words.includes(word))
  );
}
