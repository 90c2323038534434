import { describe, expect, it } from "vitest";
import type { NetnsSite } from "../../netns-site.ts";
import { checksOf } from "../checks.ts";

/** Tests of a `check` that tries again. Each repairs what it breaks. */
export function checkAttemptTests(site: () => NetnsSite): void {
  const { differsIn, whileBroken, setLink } = checksOf(site);

  describe("repeated attempts", () => {
    it("end as soon as the fault is repaired", () =>
      whileBroken(
        { breakIt: setLink("leaf4", "ens4", "down"), repair: setLink("leaf4", "ens4", "up") },
        async () => {
          await differsIn([/^bgp leaf4 ens4: /]);
          const waiting = site().start(["check", "--wait", "60s"]);
          await new Promise<void>((resolve) =>
            waiting.watch((piece) => piece.includes("Retrying") && resolve()),
          );
          await setLink("leaf4", "ens4", "up")();
          const { exitCode, stdout, stderr } = await waiting.output;
          expect(stdout).toContain("The fabric is as planned");
          expect(stderr).toMatch(/differs? from the plan.*Retrying/);
          expect(exitCode).toBe(0);
        },
      ));

    it("end at the timeout with exit code 4", () =>
      whileBroken(
        {
          breakIt: setLink(null, "ikst24", "mtu", "1400"),
          repair: setLink(null, "ikst24", "mtu", "9000"),
        },
        async () => {
          const { stdout } = await site().ikvswitch(["check", "--wait", "1500ms"], [4]);
          expect(stdout).toContain("ikst24: MTU 1400");
        },
      ));

    it("continue until Ctrl-C with --watch, and print one block each", async () => {
      const watching = site().start(["check", "--watch", "--interval", "100ms", "--only", "bgp"]);
      let text = "";
      const twice = new Promise<void>((resolve) => {
        watching.watch((piece) => {
          text += piece;
          if (text.split("140 checks").length > 2) {
            resolve();
          }
        });
      });
      await Promise.race([twice, watching.output]);
      watching.kill("SIGINT");
      const { exitCode, stdout } = await watching.output;
      expect(stdout).toMatch(/^\d\d:\d\d:\d\d UTC$/m);
      expect(exitCode).toBe(0);
      // Without a terminal the output may go to a log, so it has no control characters.
      expect(stdout).not.toContain("\u001b");
    });
  });
}
