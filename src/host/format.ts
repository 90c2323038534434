import { toned } from "../format/tone.ts";
import { formatCommand } from "../system/format-command.ts";
import type { Command } from "../system/host.ts";
import { of } from "./commands.ts";
import type { Action, Alternative, Phase } from "./model/actions.ts";
import type { DriftItem } from "./model/drift-item.ts";
import type { StartResult } from "./start.ts";
import type { HostNetworkStatus } from "./status.ts";
import type { StopResult } from "./stop.ts";

/** Formats the result of a start in one line. */
export function summarizeStart({ changes }: Pick<StartResult, "changes">): string {
  if (changes.length === 0) {
    return "already as planned";
  }
  const counts = [
    count(of(changes, "add-device").length, "device", "created"),
    count(
      of(changes, "set-device", "replace-device", "disable-ipv6", "enable-ipv6").length,
      "device",
      "repaired",
    ),
    count(of(changes, "remove-device").length, "device", "removed"),
    count(
      of(changes, "set-redirect").length,
      "direction of a link between hosts",
      "set",
      "directions of links between hosts",
    ),
    count(
      of(changes, "add-address", "add-route").length,
      "address and route",
      "added",
      "addresses and routes",
    ),
    count(
      of(changes, "remove-address", "remove-route").length,
      "address or route",
      "removed",
      "addresses or routes",
    ),
    count(of(changes, "add-rule").length, "firewall rule", "added"),
    count(of(changes, "remove-rule").length, "firewall rule", "removed"),
    count(
      of(changes, "enable-forwarding", "enable-ipv6-forwarding", "enable-bridge-forwarding").length,
      "setting",
      "changed",
    ),
    count(of(changes, "write-manager-file", "remove-manager-file").length, "file", "written or removed"),
  ];
  return counts.filter((text) => text !== "").join(", ");
}

/** Formats the result of a stop in one line. */
export function summarizeStop({ phases }: StopResult): string {
  return phases.length === 0 ? "nothing to remove" : "removed";
}

/** Formats one line for each difference from the plan, or a single line if there is none. */
export function formatStatus({
  present,
  devices,
  drift,
}: Pick<HostNetworkStatus, "present" | "devices" | "drift">): string {
  const size = `${devices.interfaces} network interfaces, ${devices.bridges} bridges`;
  if (drift.length === 0) {
    return toned("good", `The host network is as planned: ${size}.`);
  }
  if (!present) {
    // Before a start everything is missing. A line for each device would hide the other differences.
    const missing = drift.filter(isMissingDevice);
    const others = drift.filter((item) => !isMissingDevice(item));
    return [
      `The host network is down: all ${missing.length} devices are missing. Other differences:`,
      ...formatItems(others),
    ].join("\n");
  }
  const things = drift.length === 1 ? "1 item" : `${drift.length} items`;
  return [`The host network (${size}) differs from the plan in ${things}:`, ...formatItems(drift)].join("\n");
}

function isMissingDevice({ item, observed }: DriftItem): boolean {
  return item.startsWith("device ") && observed === "missing";
}

function formatItems(items: readonly DriftItem[]): readonly string[] {
  return items.map(
    ({ item, expected, observed }) => `  ${item}: expected ${expected}, observed ${toned("bad", observed)}`,
  );
}

/** Formats the phases as a shell script with the same effect. */
export function formatPhases(phases: readonly Phase[]): string {
  if (phases.length === 0) {
    return "# Nothing to do.";
  }
  return phases
    .map(({ title, actions }) => [`# ${title}`, ...actions.map(formatAction)].join("\n"))
    .join("\n\n");
}

function formatAction(action: Action): string {
  switch (action.kind) {
    case "run":
      return formatWithInput(action.command);
    case "notify":
      return formatWithInput(action.command, WHATEVER);
    case "run-first":
      return action.alternatives.map(formatAlternative).join("\n");
    case "write-kernel-file":
      return `echo ${action.content.trim()} > ${action.path}`;
    case "write-file":
      return `install -D -m ${action.mode.toString(8)} /dev/stdin ${action.path} <<'END'\n${action.content}END`;
    case "remove-file":
      return `rm -f ${action.path}`;
  }
}

function formatAlternative({ prepare, command }: Alternative, index: number): string {
  const preparation = prepare === null ? [] : [formatWithInput(prepare, WHATEVER)];
  const text = [...preparation, formatWithInput(command)].join("\n");
  return index === 0
    ? text
    : `# or, if the kernel does not support that:\n# ${text.replaceAll("\n", "\n# ")}`;
}

/** Makes a shell ignore the command's failure. */
const WHATEVER = " || true";

function formatWithInput(command: Command, suffix = ""): string {
  const line = `${formatCommand(command)}${suffix}`;
  return command.input === undefined
    ? line
    : `${formatCommand(command)} <<'END'${suffix}\n${command.input}END`;
}

function count(number: number, one: string, done: string, many = `${one}s`): string {
  return number === 0 ? "" : `${number} ${number === 1 ? one : many} ${done}`;
}
