import { EVENT_KINDS, type EventKind } from "../../telemetry/events.ts";
import { command } from "../command.ts";
import { endByInterrupt, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { parseDuration } from "../duration.ts";
import { print } from "../output.ts";
import { fabricMachines } from "../place.ts";
import { printDocumentLine } from "../print-document.ts";

interface EventsOptions extends GlobalOptions {
  readonly interval: string;
  readonly only: readonly EventKind[] | undefined;
  readonly initial: boolean;
}

export const eventsCommand = command<EventsOptions>({
  command: "events",
  describe: "Print changes of switches, links, sessions, leases and faults until Ctrl-C",
  builder: (parser) =>
    parser
      .option("only", {
        array: true,
        choices: EVENT_KINDS,
        requiresArg: true,
        describe: "Only changes of these",
      })
      .option("initial", {
        type: "boolean",
        default: false,
        describe: "First print the present state of everything",
      })
      .option("interval", {
        type: "string",
        default: "2s",
        requiresArg: true,
        describe: "Pause between observations (default: 2s)",
      })
      .example("$0 events --json", "one JSON document per line, for other programs")
      .example("$0 events --only session", "only BGP sessions"),
  run: async (options) => {
    const intervalMs = parseDuration("--interval", options.interval);
    const wanted = new Set(options.only ?? EVENT_KINDS);
    const context = await loadContext(options);
    const { followFabric } = await import("../../telemetry/follow.ts");
    const { formatEvent } = await import("../../telemetry/events.ts");
    endByInterrupt();
    await followFabric(context.host, {
      fabric: context.fabric,
      machines: () => fabricMachines(context),
      intervalMs,
      fromNothing: options.initial,
      interrupted,
      onEvents: (events) => {
        for (const event of events.filter(({ kind }) => wanted.has(kind))) {
          options.json ? printDocumentLine("event", event) : print(formatEvent(event));
        }
      },
    });
  },
});
