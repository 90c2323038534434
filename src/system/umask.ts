/**
 * Umask for our own files. We restrict others' access by this and by modes, not by our caller's umask: with 000,
 * everyone could write to pid files and folders; with 077, the emulator's user could not reach its own.
 */
const OURS = 0o022;

let callers = OURS;

/** Sets the umask for us and for all programs that we start. Call it once, before any file is made. */
export function setUmask(): void {
  callers = process.umask(OURS);
}

/** Starts a program of the user's own, with the umask of our caller. */
export function withCallersUmask<T>(start: () => T): T {
  process.umask(callers);
  try {
    return start();
  } finally {
    process.umask(OURS);
  }
}

/** Returns the mode of a file that we write for the user. */
export function callersFileMode(): number {
  return 0o666 & ~callers;
}
