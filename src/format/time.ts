/*
 * All reports for persons have one clock: UTC in 24 hours, to the second, with its zone. JSON has the same instants in
 * ISO 8601, with the zone: `2026-05-04T14:05:09.123Z`.
 */

/** Returns `2026-05-04 14:05:09 UTC` for a time in ISO 8601 and UTC. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

/** Returns `14:05:09 UTC`. */
export function formatTimeOfDay(iso: string): string {
  return formatTime(iso).slice(11);
}
