import { matching, type ValueType } from "./value-types/value-type.ts";

/** Folders of a user's fabrics: those of root, or in another home. */
export interface Home {
  /** Of the configurations: `NAME.conf`. */
  readonly confDir: string;
  readonly stateDir: string;
  readonly runDir: string;
}

/** The configuration of a fabric, and its own folders unless that says otherwise. */
export interface FabricPlaces {
  readonly confPath: string;
  readonly stateDir: string;
  readonly runDir: string;
}

/** The name of the fabric of commands without `--name`. */
export const DEFAULT_NAME = "ikvswitch";

/** The defaults of STATE_DIR and RUN_DIR. Not taken from the table of keys, which `--help` would then load. */
export const ROOT_HOME: Home = {
  confDir: "/etc/ikvswitch",
  stateDir: "/var/lib/ikvswitch",
  runDir: "/run/ikvswitch",
};

/** Short enough for the socket paths below its folders, and for names of nft tables and files. */
export const fabricName: ValueType<string> = matching(
  "a fabric's name: 1 to 16 lower-case letters, digits and -, beginning with a letter",
  /^[a-z][a-z0-9-]{0,15}$/,
);

/**
 * Returns the places of the fabric of that name. The default fabric has the folders of the home itself, and each of the
 * others a folder of its own below them: `/var/lib/ikvswitch/fabrics/lab`.
 */
export function fabricPlaces(name: string, home: Home = ROOT_HOME): FabricPlaces {
  const below = name === DEFAULT_NAME ? "" : `/${FABRICS}/${name}`;
  return {
    confPath: `${home.confDir}/${name}.conf`,
    stateDir: `${home.stateDir}${below}`,
    runDir: `${home.runDir}${below}`,
  };
}

/** Folder of the named fabrics in each of the home's own folders. */
export const FABRICS = "fabrics";

/** Returns the folders of the home that contain a named fabric's folder, from the top down; none for others. */
export function foldersAbove(folder: string): readonly string[] {
  const [, home] = new RegExp(`^(.+)/${FABRICS}/[^/]+$`).exec(folder) ?? [];
  return home === undefined ? [] : [home, `${home}/${FABRICS}`];
}

/**
 * Returns the defaults of keys for the fabric of that name, where they differ from those of the table of keys. They are
 * written as in a file.
 */
export function defaultsOfName(name: string, home: Home = ROOT_HOME): ReadonlyMap<string, string> {
  const { stateDir, runDir } = fabricPlaces(name, home);
  const folders: readonly [string, string][] = [
    ["STATE_DIR", stateDir],
    ["RUN_DIR", runDir],
  ];
  return new Map(
    name === DEFAULT_NAME
      ? folders
      : [
          ...folders,
          ["INTERFACE_PREFIX", interfacePrefix(name)],
          ["HOST_IPMI_BRIDGE_NAME", `\${INTERFACE_PREFIX}br`],
        ],
  );
}

/** Numbers of up to eleven characters follow the prefix and two letters, and an interface name has at most 15. */
const PREFIX_LENGTH = 4;

function interfacePrefix(name: string): string {
  return name.replaceAll("-", "").slice(0, PREFIX_LENGTH);
}
