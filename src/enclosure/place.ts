import type { Environment } from "../system/environment.ts";

/** Folders of an ordinary user's fabric (XDG Base Directory Specification). */
export interface EnclosurePlace {
  /** Of the running enclosure; removed with it. */
  readonly folder: string;
  /** Inside the enclosure: /var/lib/ikvswitch. */
  readonly state: string;
  /** Inside the enclosure: /var/lib/ikvswitch/images. */
  readonly images: string;
  /** The configuration, if the user has one. */
  readonly config: string;
}

const PRODUCT = "ikvswitch";

/**
 * Returns the folders of a user.
 * @param home the user's home folder, an absolute path.
 * @param uid the user's ID, which is in the name of the folder in /tmp if there is no $XDG_RUNTIME_DIR.
 */
export function enclosurePlace(env: Environment, home: string, uid: number): EnclosurePlace {
  const runtime = absolute(env.XDG_RUNTIME_DIR);
  return {
    folder: runtime === undefined ? `/tmp/${PRODUCT}-${uid}` : `${runtime}/${PRODUCT}`,
    state: `${absolute(env.XDG_STATE_HOME) ?? `${home}/.local/state`}/${PRODUCT}`,
    images: `${absolute(env.XDG_CACHE_HOME) ?? `${home}/.cache`}/${PRODUCT}/images`,
    config: `${absolute(env.XDG_CONFIG_HOME) ?? `${home}/.config`}/${PRODUCT}/${PRODUCT}.conf`,
  };
}

/** The specification ignores relative paths. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
