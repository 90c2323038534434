import { type MissingRequirement, PreflightError } from "../errors.ts";

/**
 * Run checks that change nothing, so that the user reads everything that is missing at once. Gives what each found.
 * @throws PreflightError with what all of them miss; else the first other error.
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

/** Two checks may miss the same thing. */
function distinct(missing: readonly MissingRequirement[]): readonly MissingRequirement[] {
  return [...new Map(missing.map((one) => [`${one.what}\0${one.fix}`, one])).values()];
}
