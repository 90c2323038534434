import type { Environment } from "../system/environment.ts";

/** Folders of an ordinary user's fabric (XDG Base Directory Specification). */
export interface EnclosurePlace {
  /** The user's alone; contains the folders of all enclosures. */
  readonly base: string;
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

export interface EnclosureUser {
  /** Home folder, an absolute path. */
  readonly home: string;
  /** In the name of the folder in /tmp, if there is no $XDG_RUNTIME_DIR. */
  readonly uid: number;
}

/**
 * Returns the folders of a user's fabric. Each fabric has an enclosure of its own; the other folders are those of all.
 * @param name of the fabric.
 */
export function enclosurePlace(
  env: Environment,
  { home, uid }: EnclosureUser,
  name: string = PRODUCT,
): EnclosurePlace {
  const runtime = absolute(env.XDG_RUNTIME_DIR);
  const base = runtime === undefined ? `/tmp/${PRODUCT}-${uid}` : `${runtime}/${PRODUCT}`;
  return {
    base,
    folder: `${base}/${name}`,
    state: `${absolute(env.XDG_STATE_HOME) ?? `${home}/.local/state`}/${PRODUCT}`,
    images: `${absolute(env.XDG_CACHE_HOME) ?? `${home}/.cache`}/${PRODUCT}/images`,
    config: `${absolute(env.XDG_CONFIG_HOME) ?? `${home}/.config`}/${PRODUCT}/${name}.conf`,
  };
}

/** The specification ignores relative paths. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}
