import { UsageError } from "../errors.ts";

const LONGEST = 64;

/**
 * Whether a name from the command line can be a folder's in the state directory: it leads nowhere else, and looks like
 * none that is being made.
 */
export function isStoredName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) && name.length <= LONGEST;
}

/**
 * @param kind `a snapshot`.
 * @throws UsageError saying what a name is.
 */
export function checkStoredName(kind: string, name: string): void {
  if (!isStoredName(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} is not a valid name of ${kind} (up to ${LONGEST} letters, digits, "-", "_" and ".", not beginning with "-" or ".")`,
    );
  }
}
