/**
 * What others may do with what we make is decided here and by modes, not by our caller's umask: with 000, pid files and
 * folders would be everyone's to write, with 077 the emulator's user could not get to its own.
 */
const OURS = 0o022;

let callers = OURS;

/** For us and for all that we start. To be called once, before anything is made. */
export function setUmask(): void {
  callers = process.umask(OURS);
}

/** Start a program of the user's own, which makes files as all that they start does. */
export function withCallersUmask<T>(start: () => T): T {
  process.umask(callers);
  try {
    return start();
  } finally {
    process.umask(OURS);
  }
}

/** Of a file that the user is given, where they want it. */
export function callersFileMode(): number {
  return 0o666 & ~callers;
}
