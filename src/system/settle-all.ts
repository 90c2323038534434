/**
 * Wait until all of this has come to its end, and only then fail if any of it has failed, as the first of them did: whoever
 * undoes it must not meet what still goes on.
 */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
