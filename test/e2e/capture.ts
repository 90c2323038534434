import type { Namespace } from "../integration/namespace.ts";

const TIMEOUT_S = "60";

/** What tcpdump prints of frames that pass an interface. */
export interface Capture {
  /** All of it, once as many frames as asked for have passed, or after a minute. */
  readonly text: Promise<string>;
  /** What it has printed so far. */
  seen(): string;
  stop(): void;
}

/** Resolves when frames are being looked at. @param words for tcpdump: options and filter */
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
