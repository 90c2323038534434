/**
 * How many times longer than on a machine of today tests wait for what must happen: more than once on an emulated
 * processor.
 */
const patience = Number(process.env.IKVSWITCH_TEST_PATIENCE ?? "1");

/** A deadline for this machine. */
export function patiently(timeoutMs: number): number {
  return timeoutMs * patience;
}
