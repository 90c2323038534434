import type { Environment } from "../system/environment.ts";

/** Variable that commands in an enclosure have: the folder that is /var/lib/ikvswitch there. */
export const OUTSIDE_STATE = "IKVSWITCH_OUTSIDE_STATE";

/** Variable that commands in an enclosure have: its own folder, which has the same name inside and outside. */
export const ENCLOSURE_FOLDER = "IKVSWITCH_ENCLOSURE";

/** Variable that commands in an enclosure have: the user's own configuration, used if no other one is named. */
export const USER_CONFIG = "IKVSWITCH_USER_CONF";

const INSIDE_STATE = "/var/lib/ikvswitch";

/** Reports whether we run in a user's enclosure. */
export function isEnclosed(env: Environment): boolean {
  return outsideState(env) !== undefined;
}

/** Returns the folder of the user's enclosure in which we run; null for root. */
export function enclosureFolder(env: Environment): string | null {
  return env[ENCLOSURE_FOLDER] || null;
}

/** Returns the user's own configuration, if we run in an enclosure and there is one. */
export function userConfig(env: Environment): string | undefined {
  return enclosureFolder(env) === null ? undefined : env[USER_CONFIG] || undefined;
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
