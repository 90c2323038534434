import { pollUntil } from "../../../src/system/poll.ts";
import type { FabricEvent } from "../../../src/telemetry/events.ts";
import { expectValidDocuments } from "../../integration/documents.ts";
import { patiently } from "../../patience.ts";
import type { FabricSite } from "../fabric-site.ts";

export interface FollowedEvents {
  /** Waits for an event that was printed since the last call, or will be. */
  until(what: string, isIt: (event: FabricEvent) => boolean): Promise<void>;
  /** Ends `events` as Ctrl-C does. @returns its exit code. */
  end(): Promise<number>;
}

/** Follows `ikvswitch events --json`, and validates each document. */
export function followEvents(site: Pick<FabricSite, "start">, words: readonly string[]): FollowedEvents {
  const program = site.start(["--json", "events", ...words]);
  let text = "";
  let read = 0;
  program.watch((more) => {
    text += more;
  });
  return {
    until: (what, isIt) =>
      pollUntil({ what, timeoutMs: patiently(60_000), intervalMs: 50 }, async () => {
        const lines = text.split("\n").slice(0, -1);
        const found = lines.findIndex((line, at) => at >= read && isIt(JSON.parse(line)));
        if (found < 0) {
          return { done: false, seen: text };
        }
        read = found + 1;
        return { done: true, value: undefined };
      }),
    end: async () => {
      program.kill("SIGINT");
      const { exitCode, stdout } = await program.output;
      expectValidDocuments(stdout);
      return exitCode;
    },
  };
}
