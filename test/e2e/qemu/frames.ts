import { pollUntil } from "../../../src/system/poll.ts";
import type { FabricSite } from "../fabric-site.ts";

const FOLDER = "/run/frames";

/** Source MAC addresses of frames, by tap. */
export type Senders = ReadonlyMap<string, readonly string[]>;

/**
 * Records all frames that switches send on these taps. Resolves when every tap is being recorded.
 * @returns a function that ends the recording and returns the senders
 */
export async function recordFrames(
  { host }: FabricSite,
  taps: readonly string[],
): Promise<() => Promise<Senders>> {
  await host.shell(`mkdir ${FOLDER}`);
  const captures = taps.map((tap) =>
    host.start("tcpdump", ["-U", "-Q", "in", "-i", tap, "-w", `${FOLDER}/${tap}`]),
  );
  await pollUntil({ what: "every capture", timeoutMs: 30_000, intervalMs: 100 }, async () => {
    const { stdout } = await host.shell(`find ${FOLDER} -type f -size +0 | wc -l`);
    return Number(stdout) === taps.length ? { done: true, value: undefined } : { done: false, seen: stdout };
  });
  const sendersOn = async (tap: string): Promise<[string, readonly string[]]> => {
    const { stdout } = await host.run("tcpdump", ["-n", "-e", "-t", "-r", `${FOLDER}/${tap}`]);
    return [tap, [...new Set([...stdout.matchAll(/^([0-9a-f:]{17}) > /gm)].map((match) => match[1] ?? ""))]];
  };
  return async () => {
    for (const capture of captures) {
      capture.kill("SIGINT");
    }
    await Promise.all(captures.map(({ output }) => output));
    const senders = new Map(await Promise.all(taps.map(sendersOn)));
    await host.run("rm", ["-r", FOLDER]);
    return senders;
  };
}
