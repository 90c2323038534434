/**
 * Wait until all of this has come to its end, and only then fail if any of it has failed, as the first of them did: whoever
 * undoes it must not meet what still goes on.
 */
export async function settleAll<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
