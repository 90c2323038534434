import { DEFAULT_NAME } from "../../config/fabric-name.ts";
import type { FabricOptions } from "../boot-fabrics.ts";
import { command, commandGroup } from "../command.ts";
import { commandHost, type GlobalOptions, interrupted } from "../context.ts";
import { print, tell, tellFailure } from "../output.ts";
import { describeError } from "../report-error.ts";
import { bringFabricUp } from "./fabric.ts";
import { takeFabricDown } from "./take-down.ts";

/** Emulated processors take minutes for what others do in seconds. */
const UP_SECONDS = 1200;
const GRACE_SECONDS = 60;

/** What ikvswitch.service runs; hidden, since users have `up` and `down`. */
export const atBootCommand = commandGroup("at-boot", false, [
  command({
    command: "start",
    describe: "Bring up the fabrics that ran when this host went down",
    run: async (options) => {
      const { fabricsToStart } = await import("../boot-fabrics.ts");
      const fabrics = await fabricsToStart(await commandHost());
      if (fabrics.length === 0) {
        tell("No fabric was up when this host went down.");
      }
      await forEach(fabrics, options, (fabric) =>
        bringFabricUp({
          ...fabric,
          timeout: UP_SECONDS,
          backend: undefined,
          keepFaults: false,
          cold: false,
          fresh: false,
          diff: false,
        }),
      );
    },
  }),
  command({
    command: "stop",
    describe: "Take all fabrics down until this host starts again",
    run: async (options) => {
      const { fabricsToStop } = await import("../boot-fabrics.ts");
      const fabrics = await fabricsToStop(await commandHost());
      await forEach(fabrics, options, (fabric) =>
        takeFabricDown({ ...fabric, grace: GRACE_SECONDS, keep: false }, { untilBoot: true }),
      );
    },
  }),
]);

/** Does the work for one fabric after another. A failure is reported and does not keep it from the others. */
async function forEach(
  fabrics: readonly FabricOptions[],
  options: GlobalOptions,
  work: (fabric: GlobalOptions) => Promise<void>,
): Promise<void> {
  for (const fabric of fabrics) {
    interrupted.throwIfAborted();
    print(`Fabric ${fabric.name ?? DEFAULT_NAME}`);
    try {
      await work({ ...options, ...fabric });
    } catch (error) {
      const { text, exitCode } = describeError(error);
      tellFailure(text);
      process.exitCode = exitCode;
    }
  }
}
