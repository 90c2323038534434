/**
 * Waits until all of this work has ended, and only then fails with the first error, if there is any: undoing must not
 * run while some work still continues.
 */
export async function settleAll<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
