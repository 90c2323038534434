/**
 * Factor by which deadlines of tests are longer than on a current machine: more than 1 on an emulated processor.
 */
const patience = Number(process.env.IKVSWITCH_TEST_PATIENCE ?? "1");

/** Returns the deadline for this machine. */
export function patiently(timeoutMs: number): number {
  return timeoutMs * patience;
}
