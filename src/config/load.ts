import { ConfigError, FileError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { DEFAULT_NAME, defaultsOfName, fabricPlaces, type Home } from "./fabric-name.ts";
import { type PlannedConfig, type ReadOptions, readConfig } from "./read.ts";

export interface LoadOptions<Plan = unknown> extends Omit<ReadOptions<Plan>, "defaults"> {
  /** Of root by default. */
  readonly home?: Home;
  /** From `--config`. */
  readonly configPath?: string | undefined;
  /** The environment, of which only IKVSWITCH_CONF is used. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The ordinary user's own file for a fabric of this name, which comes before that of /etc/ikvswitch. */
  readonly userPath?: string | undefined;
  /** The file that ships with the product. */
  readonly shippedPath: string;
}

const MAX_SIZE_BYTES = 1024 * 1024;

/**
 * Reads the configuration from the first of: `--config`, $IKVSWITCH_CONF, an ordinary user's own file,
 * /etc/ikvswitch/ikvswitch.conf, the shipped file. The first two must exist if they are given. With a name: `--config`, or else /etc/ikvswitch/NAME.conf, or else
 * the defaults.
 *
 * @throws ConfigError with every problem
 */
export async function loadConfig<Plan = undefined>(
  host: Host,
  options: LoadOptions<Plan>,
): Promise<PlannedConfig<Plan>> {
  const { path, text } = await findFile(host, options);
  return readConfig(text, path, { ...options, defaults: defaultsOfName(nameOf(options), options.home) });
}

function nameOf({ name = DEFAULT_NAME }: Pick<LoadOptions, "name">): string {
  return name;
}

interface FoundFile {
  readonly path: string | null;
  readonly text: string;
}

async function findFile(host: Host, options: LoadOptions): Promise<FoundFile> {
  if (options.configPath !== undefined) {
    return readGiven(host, options.configPath, "--config names it");
  }
  // A name on the command line is nearer than a file in the environment.
  const fromEnvironment = options.name === undefined ? (options.env.IKVSWITCH_CONF ?? "") : "";
  if (fromEnvironment !== "") {
    return readGiven(host, fromEnvironment, "$IKVSWITCH_CONF names it");
  }
  const { confPath } = fabricPlaces(nameOf(options), options.home);
  // The shipped file has the default fabric's folders and names.
  const paths = [
    ...(options.userPath === undefined ? [] : [options.userPath]),
    confPath,
    ...(nameOf(options) === DEFAULT_NAME ? [options.shippedPath] : []),
  ];
  for (const path of paths) {
    const text = await readText(host, path);
    if (text !== undefined) {
      return { path, text };
    }
  }
  return { path: null, text: "" };
}

async function readGiven(host: Host, path: string, who: string): Promise<FoundFile> {
  const text = path === "" ? undefined : await readText(host, path);
  if (text === undefined) {
    throw problem(path, `no such file, but ${who}; run 'ikvswitch config template' to print one`);
  }
  return { path, text };
}

/** Returns undefined if there is no such file. */
async function readText(host: Host, path: string): Promise<string | undefined> {
  const bytes = await readBytes(host, path);
  if (bytes === undefined) {
    return undefined;
  }
  if (bytes.length > MAX_SIZE_BYTES) {
    throw tooLarge(path, bytes.length);
  }
  if (bytes.includes(0)) {
    throw problem(path, "not a text file: contains NUL bytes");
  }
  // Bytes that are not UTF-8 become U+FFFD: harmless in comments, rejected in values.
  return new TextDecoder().decode(bytes);
}

async function readBytes(host: Host, path: string): Promise<Uint8Array | undefined> {
  try {
    const status = await host.stat(path);
    if (status !== undefined && status.sizeBytes > MAX_SIZE_BYTES) {
      throw tooLarge(path, status.sizeBytes);
    }
    return await host.readBytes(path, { maxBytes: MAX_SIZE_BYTES, pipes: true });
  } catch (error) {
    if (error instanceof FileError) {
      throw problem(path, `cannot read it: ${error.reason}; give a file, or a pipe: <(command)`);
    }
    const reason = error instanceof Error && "code" in error ? String(error.code) : "";
    // Only errors of the file system have such a code; any other error is a defect.
    if (!/^E[A-Z0-9]+$/.test(reason)) {
      throw error;
    }
    throw problem(path, REASONS.get(reason) ?? `cannot read the file: ${reason}`);
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "cannot read the file: permission denied; run as root, or make it readable"],
  ["ELOOP", "cannot read it: symbolic link loop"],
  ["ENAMETOOLONG", "file name too long"],
]);

function tooLarge(path: string, sizeBytes: number): ConfigError {
  return problem(path, `file too large: ${sizeBytes} bytes (limit: ${MAX_SIZE_BYTES})`);
}

function problem(path: string, message: string): ConfigError {
  return new ConfigError([{ file: path === "" ? '""' : path, message }]);
}
