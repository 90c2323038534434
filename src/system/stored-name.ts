import { UsageError } from "../errors.ts";

const LONGEST = 64;

/**
 * Reports whether a name from the command line is valid for a folder in the state directory: it is not a path, and not
 * the name of an unfinished folder.
 */
export function isStoredName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) && name.length <= LONGEST;
}

/**
 * Checks a name.
 * @param kind `a snapshot`.
 * @throws UsageError that describes valid names.
 */
export function checkStoredName(kind: string, name: string): void {
  if (!isStoredName(name)) {
    throw new UsageError(
      `${JSON.stringify(name)} is not a valid name of ${kind} (up to ${LONGEST} letters, digits, "-", "_" and ".", not beginning with "-" or ".")`,
    );
  }
}
