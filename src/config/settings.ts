import { Address } from "../net/address.ts";
import type { Config } from "./types.ts";

/**
 * What effects need to know of a configuration besides the plan. Each of them takes those that it uses, and none takes
 * the configuration.
 */
export interface Settings {
  /** What `up` makes switches of; running ones may be of another kind. */
  readonly backend: Config["BACKEND"];
  readonly stateDir: string;
  readonly runDir: string;
  readonly emulatorUser: string;
  readonly accel: Config["ACCEL"];
  readonly boot: Config["BOOT"];
  /** Of a switch that is namespaces. */
  readonly maxProcesses: number;
  /** Empty: the host's resolvers. */
  readonly dnsServers: readonly Address[];
  readonly rootPassword: string;
  /** File of the keys that may log in to the switches; empty: none. */
  readonly authorizedKeys: string;
  /** An address, or `auto`. */
  readonly vncListen: string;
  /** Empty: one that is made. So is the BMCs'. */
  readonly vncPassword: string;
  readonly bmcUser: string;
  readonly bmcPassword: string;
  readonly image: ImageSettings;
}

/** What the switches' image is made of. */
export interface ImageSettings {
  /** Of Debian. */
  readonly release: string;
  readonly mirror: string;
  readonly securityMirror: string;
  readonly extraPackages: readonly string[];
}

export function settingsOf(config: Config): Settings {
  return {
    backend: config.BACKEND,
    stateDir: config.STATE_DIR,
    runDir: config.RUN_DIR,
    emulatorUser: config.EMULATOR_USER,
    accel: config.ACCEL,
    boot: config.BOOT,
    maxProcesses: config.SWITCH_MAX_PROCESSES,
    dnsServers: config.DNS_SERVERS.map(Address.from),
    rootPassword: config.VM_ROOT_PASS,
    authorizedKeys: config.SSH_AUTHORIZED_KEYS,
    vncListen: config.VNC_LISTEN,
    vncPassword: config.VNC_PASSWORD,
    bmcUser: config.BMC_USER,
    bmcPassword: config.BMC_PASSWORD,
    image: {
      release: config.DEBIAN_RELEASE,
      mirror: config.DEBIAN_MIRROR,
      securityMirror: config.DEBIAN_SECURITY_MIRROR,
      extraPackages: config.EXTRA_PACKAGES,
    },
  };
}
