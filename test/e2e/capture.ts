import type { Namespace } from "../integration/namespace.ts";

const TIMEOUT_S = "60";

/** Output of tcpdump for the frames that pass an interface. */
export interface Capture {
  /** The whole output, once the requested number of frames has passed, or after a minute. */
  readonly text: Promise<string>;
  /** Returns the output so far. */
  seen(): string;
  stop(): void;
}

/** Starts tcpdump. Resolves when it captures. @param words for tcpdump: options and filter */
export async function startCapture(
  namespace: Namespace,
  device: string,
  words: readonly string[],
): Promise<Capture> {
  const options = ["-n", "-l", "--immediate-mode", "-i", device, ...words];
  const program = namespace.start("timeout", [TIMEOUT_S, "tcpdump", ...options]);
  let printed = "";
  const listening = new Promise<void>((resolve) =>
    program.watch((piece) => {
      printed += piece;
      if (printed.includes("listening on")) {
        resolve();
      }
    }),
  );
  const text = program.output.then(({ stdout }) => stdout);
  await Promise.race([listening, text]);
  return { text, seen: () => printed, stop: () => program.kill("SIGINT") };
}
