import { ConfigError, type ConfigProblem } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import { parseAssertions } from "./assertions/parse.ts";
import type { Assertion } from "./assertions/types.ts";

/**
 * Loads all assertions of these files.
 * @throws ConfigError with every problem of every file.
 */
export async function loadAssertions(
  host: Host,
  fabric: Fabric,
  files: readonly string[],
): Promise<readonly Assertion[]> {
  const parsed = await Promise.all(
    files.map(async (file) => {
      const text = await host.readFile(file);
      return text === undefined
        ? { assertions: [], problems: [{ file, message: "no such file" }] }
        : parseAssertions(fabric, file, text);
    }),
  );
  const problems: readonly ConfigProblem[] = parsed.flatMap((each) => each.problems);
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return parsed.flatMap(({ assertions }) => assertions);
}
