import { type MissingRequirement, PreflightError } from "../errors.ts";

/**
 * Runs checks that change nothing, so that the user sees everything that is missing at once. Returns their results.
 * @throws PreflightError with everything that is missing; else the first other error.
 */
export async function checkTogether<const Checks extends readonly Promise<unknown>[]>(
  ...checks: Checks
): Promise<{ readonly [Index in keyof Checks]: Awaited<Checks[Index]> }> {
  const results = await Promise.allSettled(checks);
  const failures = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  const other = failures.find((failure) => !(failure instanceof PreflightError));
  if (other !== undefined) {
    throw other;
  }
  if (failures.length > 0) {
    throw new PreflightError(distinct(failures.flatMap((failure) => (failure as PreflightError).missing)));
  }
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never;
}

/** Removes duplicates: two checks may miss the same requirement. */
function distinct(missing: readonly MissingRequirement[]): readonly MissingRequirement[] {
  return [...new Map(missing.map((one) => [`${one.what}\0${one.fix}`, one])).values()];
}
