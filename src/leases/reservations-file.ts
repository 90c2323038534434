import { dhcpReservation } from "../config/value-types/lists.ts";
import { formatReservation, parseReservation } from "../fabric/reservations.ts";
import type { DhcpReservation } from "../fabric/types.ts";
import { statePaths } from "../nodes/state-paths.ts";
import type { Host } from "../system/host.ts";
import { readStateFile, type StateFile, writeStateFile } from "../system/state-file.ts";

interface Document {
  readonly version: 1;
  /** Each as in DHCP_RESERVATIONS. */
  readonly reservations: readonly unknown[];
}

/** Reads the addresses that `leases reserve` reserved. They outlive the fabric. */
export async function readReservations(
  host: Host,
  stateDir: string,
): Promise<StateFile<readonly DhcpReservation[]>> {
  const file = await readStateFile<Document>(host, statePaths(stateDir).reservations, {
    reservations: "array",
  });
  if (file.kind !== "whole") {
    return file;
  }
  const texts = file.document.reservations.map(String);
  const parsed = texts.map((text) => dhcpReservation.parse(text));
  const flaw = parsed.find((one) => "problem" in one);
  return flaw !== undefined && "problem" in flaw
    ? { kind: "damaged", reason: flaw.problem }
    : { kind: "whole", document: texts.map((text) => parseReservation(text.toLowerCase())) };
}

/** Replaces them; without any, the file is removed. */
export async function writeReservations(
  host: Host,
  stateDir: string,
  reservations: readonly DhcpReservation[],
): Promise<void> {
  if (reservations.length === 0) {
    await host.remove(statePaths(stateDir).reservations);
    return;
  }
  const document: Document = { version: 1, reservations: reservations.map(formatReservation) };
  await writeStateFile(
    host,
    statePaths(stateDir).reservations,
    `${JSON.stringify(document, null, 2)}\n`,
    0o600,
  );
}
