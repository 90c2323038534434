import { homedir } from "node:os";
import { enclosurePlace } from "../enclosure/place.ts";
import { PreflightError } from "../errors.ts";
import { productPath } from "../system/product-path.ts";
import { nextWord } from "./words.ts";

/** Commands that can do without an enclosure, on a host that allows none: they read only the configuration. */
const READING = ["plan", "graph", "config"];

/**
 * Runs this program's command line in the enclosure of an ordinary user: all else goes on there as for root.
 * @param program the path of our program, as Node got it.
 * @returns the exit code; undefined for root, and where there is nothing to do in an enclosure.
 */
export async function runInEnclosure(program: string, words: readonly string[]): Promise<number | undefined> {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0 || asksForHelp(words)) {
    return undefined;
  }
  const [{ localHost }, { runEnclosed }] = await Promise.all([
    import("../system/local-host.ts"),
    import("../enclosure/run.ts"),
  ]);
  const host = localHost();
  const place = enclosurePlace(process.env, homedir(), uid);
  const config = process.env.IKVSWITCH_CONF || ((await host.stat(place.config)) && place.config);
  try {
    return await runEnclosed(host, {
      place,
      programs: productPath("libexec/enclosure"),
      command: {
        file: process.execPath,
        args: [...process.execArgv, program, ...words],
        env: { HOME: homedir(), ...(config === undefined ? {} : { IKVSWITCH_CONF: config }) },
      },
    });
  } catch (error) {
    if (error instanceof PreflightError && READING.includes(words[nextWord(words, 0)] ?? "")) {
      return undefined;
    }
    throw error;
  }
}

function asksForHelp(words: readonly string[]): boolean {
  const own = words.slice(0, words.includes("--") ? words.indexOf("--") : words.length);
  return (
    nextWord(words, 0) === words.length || ["--help", "-h", "--version"].some((word) => own.includes(word))
  );
}
