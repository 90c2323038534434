import { UsageError } from "../../../errors.ts";

const LONGEST = 64;

/**
 * A snapshot's name is a folder's: nothing in it leads anywhere else, and none looks like one that is being made.
 * @throws UsageError saying what a name is.
 */
export function checkSnapshotName(name: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) || name.length > LONGEST) {
    throw new UsageError(
      `"${name}" is no name for a snapshot: letters, digits, "-", "_" and ".", ${LONGEST} at most, not beginning with "-" or "."`,
    );
  }
}
