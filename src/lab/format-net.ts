import { toned } from "../format/tone.ts";
import { formatPhases, formatStatus, summarizeStart, summarizeStop } from "../host/format.ts";
import type { StartResult } from "../host/start.ts";
import type { StopResult } from "../host/stop.ts";
import type { FoundNetwork, OfHost } from "./net.ts";

/** Formats the commands for each host as a shell script; those for members below their names. */
export function formatScripts(results: readonly OfHost<StopResult>[]): string {
  return results
    .map(
      ({ member, result }) => `${member === null ? "" : `# On ${member}:\n\n`}${formatPhases(result.phases)}`,
    )
    .join("\n\n");
}

/** Formats a line for each host. */
export function formatStarts(results: readonly OfHost<StartResult>[]): string {
  return results.map((one) => `${networkOf(one)}: ${summarizeStart(one.result)}.`).join("\n");
}

export function formatStops(results: readonly OfHost<StopResult>[]): string {
  return results.map((one) => `${networkOf(one)}: ${summarizeStop(one.result)}.`).join("\n");
}

/** Formats what `up` would change in a part of a line. */
export function summarizeStarts(results: readonly OfHost<StartResult>[]): string {
  return results
    .map(({ member, result }) => `${member === null ? "" : `${member}: `}${summarizeStart(result)}`)
    .join("; ");
}

/** Formats the status of each host, with its differences. */
export function formatStatuses(found: readonly FoundNetwork[]): string {
  return found
    .map(({ member, result }) => {
      const text = "unreachable" in result ? toned("bad", result.unreachable) : formatStatus(result);
      return member === null ? text : `${member}: ${text}`;
    })
    .join("\n");
}

function networkOf({ member }: { readonly member: string | null }): string {
  return member === null ? "Host network" : `Network of ${member}`;
}
