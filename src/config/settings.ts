import { Address } from "../net/address.ts";
import type { Config } from "./types.ts";

/**
 * The settings that effects need besides the plan. Each effect takes only those that it uses; none takes the whole
 * configuration.
 */
export interface Settings {
  /** The backend on which `up` starts switches; running ones may be on another. */
  readonly backend: Config["BACKEND"];
  readonly stateDir: string;
  readonly runDir: string;
  /** Folder of the user's own fragments of switches' configuration. */
  readonly startupDir: string;
  readonly emulatorUser: string;
  readonly accel: Config["ACCEL"];
  readonly boot: Config["BOOT"];
  /** Most disk space that a warm fabric may take; 0: none is made or used. */
  readonly warmFabricMaxMiB: number;
  /** Limit for a switch of the netns backend. */
  readonly maxProcesses: number;
  /** Empty: the host's resolvers. */
  readonly dnsServers: readonly Address[];
  readonly rootPassword: string;
  /** File of the keys that may log in to the switches; empty: none. */
  readonly authorizedKeys: string;
  /** An address, or `auto`. */
  readonly vncListen: string;
  /** Empty: a random one is made. The same holds for the BMCs' password. */
  readonly vncPassword: string;
  readonly bmcUser: string;
  readonly bmcPassword: string;
  /** File of the user's own VM profiles. */
  readonly vmProfiles: string;
  /** Listen for VMs' sockets; auto: if we are not root of the host. */
  readonly plugSockets: "auto" | "no" | "yes";
  readonly plugPortStart: number;
  /** On the host's 127.0.0.1, for a fabric that runs without root; 0: none. */
  readonly internetSshPort: number;
  /** Folder of the ordinary user's enclosure in which we run, of the same name inside and outside; null for root. */
  readonly enclosure: string | null;
  readonly image: ImageSettings;
  readonly cluster: ClusterSettings;
}

/** Where the API of a cluster is that runs switches. */
export interface ClusterSettings {
  /** Of its members, in the order in which they are tried; empty: the addresses in the token of `trust`. */
  readonly urls: readonly string[];
  readonly project: string;
  /** Storage pool. */
  readonly pool: string;
}

/** The inputs of the switches' image. */
export interface ImageSettings {
  /** Name of the Debian release. */
  readonly release: string;
  readonly mirror: string;
  readonly securityMirror: string;
  readonly extraPackages: readonly string[];
}

/** @param enclosure the folder of the enclosure in which we run; null if we run in none. */
export function settingsOf(config: Config, enclosure: string | null = null): Settings {
  return {
    backend: config.BACKEND,
    stateDir: config.STATE_DIR,
    runDir: config.RUN_DIR,
    startupDir: config.STARTUP_DIR,
    emulatorUser: config.EMULATOR_USER,
    accel: config.ACCEL,
    boot: config.BOOT,
    warmFabricMaxMiB: config.WARM_FABRIC_MAX_MIB,
    maxProcesses: config.SWITCH_MAX_PROCESSES,
    dnsServers: config.DNS_SERVERS.map(Address.from),
    rootPassword: config.VM_ROOT_PASS,
    authorizedKeys: config.SSH_AUTHORIZED_KEYS,
    vncListen: config.VNC_LISTEN,
    vncPassword: config.VNC_PASSWORD,
    bmcUser: config.BMC_USER,
    bmcPassword: config.BMC_PASSWORD,
    vmProfiles: config.VM_PROFILES,
    plugSockets: config.PLUG_SOCKETS,
    plugPortStart: config.PLUG_PORT_START,
    internetSshPort: config.INTERNET_SSH_PORT,
    enclosure,
    image: {
      release: config.DEBIAN_RELEASE,
      mirror: config.DEBIAN_MIRROR,
      securityMirror: config.DEBIAN_SECURITY_MIRROR,
      extraPackages: config.EXTRA_PACKAGES,
    },
    cluster: { urls: config.INCUS_URL, project: config.INCUS_PROJECT, pool: config.INCUS_POOL },
  };
}
