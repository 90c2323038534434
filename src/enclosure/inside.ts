import type { Environment } from "../system/environment.ts";

/** Variable that commands in an enclosure have: the folder that is /var/lib/ikvswitch there. */
export const OUTSIDE_STATE = "IKVSWITCH_OUTSIDE_STATE";

const INSIDE_STATE = "/var/lib/ikvswitch";

/** Reports whether we run in a user's enclosure. */
export function isEnclosed(env: Environment): boolean {
  return outsideState(env) !== undefined;
}

/** Returns the name that a file of our own has for programs outside of the enclosure. */
export function outsidePath(env: Environment, path: string): string {
  const outside = outsideState(env);
  return outside !== undefined && (path === INSIDE_STATE || path.startsWith(`${INSIDE_STATE}/`))
    ? `${outside}${path.slice(INSIDE_STATE.length)}`
    : path;
}

function outsideState(env: Environment): string | undefined {
  return env[OUTSIDE_STATE] || undefined;
}
