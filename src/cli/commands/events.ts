import { UsageError } from "../../errors.ts";
import { EVENT_KINDS, type EventKind } from "../../telemetry/events.ts";
import { command } from "../command.ts";
import { endByInterrupt, type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { parseDuration } from "../duration.ts";
import { print } from "../output.ts";
import { fabricHosts, fabricMachines } from "../place.ts";
import { printDocumentLine } from "../print-document.ts";

interface EventsOptions extends GlobalOptions {
  readonly interval: string;
  /** Kinds, separated by commas. */
  readonly only: string | undefined;
  readonly initial: boolean;
}

export const eventsCommand = command<EventsOptions>({
  command: "events",
  describe: "Print changes of switches, links, sessions, leases and faults until Ctrl-C",
  builder: (parser) =>
    parser
      .option("only", {
        type: "string",
        requiresArg: true,
        describe: `Only changes of these, separated by commas: ${EVENT_KINDS.join(", ")}`,
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
      .example("$0 events --only session,link", "only BGP sessions and links"),
  run: async (options) => {
    const intervalMs = parseDuration("--interval", options.interval);
    const wanted = wantedKinds(options.only);
    const context = await loadContext(options);
    const { followFabric } = await import("../../telemetry/follow.ts");
    const { formatEvent } = await import("../../telemetry/events.ts");
    endByInterrupt();
    await followFabric(await fabricHosts(context), {
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

function wantedKinds(text: string | undefined): ReadonlySet<EventKind> {
  const words = text?.split(",") ?? EVENT_KINDS;
  return new Set(
    words.map((word) => {
      const kind = EVENT_KINDS.find((each) => each === word);
      if (kind === undefined) {
        throw new UsageError(`invalid value of --only: "${word}" (choose from ${EVENT_KINDS.join(", ")})`);
      }
      return kind;
    }),
  );
}
