/**
 * What the user wrote, typed. Names are the keys of ikvswitch.conf, so that a value is found in the code, the
 * file and the documentation under one name.
 */
export interface Config {
  readonly MY_IP: string;
  readonly HOST_VIRTUAL_SUBNET_START_PREFIX: string;
  readonly HOST_VIRTUAL_SUBNET_END_PREFIX: number;
  /** The two above, joined. */
  readonly HOST_VIRTUAL_SUBNET_PREFIX: string;
  readonly HOST_VIRTUAL_SUBNET_NET1: string;
  readonly HOST_VIRTUAL_SUBNET_NET2: string;
  readonly HOST_VIRTUAL_SUBNET_NET3: string;
  /** Length of the whole network's prefix, in bits. */
  readonly NETWORK_PREFIX_LENGTH: number;
  readonly NUM_RACKS: number;
  readonly NUM_SPINES: number;
  readonly NUM_U: number;
  /** Five bytes in lower case, without a colon at the end; so is the next. */
  readonly MAC_PREFIX: string;
  readonly GUEST_MAC_ADDRESS_PREFIX: string;
  readonly AS_START: number;
  /** Bytes. */
  readonly FABRIC_MTU: number;
  /** Milliseconds between BFD packets on a wire between switches. */
  readonly BFD_INTERVAL_MS: number;
  readonly LEAF_TO_VM_VLAN_NUM: number;
  /** Empty: the whole network. */
  readonly SERVER_PREFIXES: readonly string[];
  /** `NETWORK=RACK-U`: `192.168.100.2/32=1-3`. */
  readonly SERVER_ADDRESSES: readonly string[];
  readonly SERVER_MAX_PREFIXES: number;
  /** Whether leaves drop packets of servers whose source they reach by another port. */
  readonly SERVER_SOURCES: "strict" | "any";
  /** What servers may open connections to: all, what lies outside the host and its networks, or the fabric alone. */
  readonly SERVERS_REACH: "all" | "outside" | "fabric";
  /** Whether the BMC network and the VNC consoles can be reached from the fabric. */
  readonly SERVERS_REACH_MANAGEMENT: "yes" | "no";
  readonly DHCP_RELAY_DESTINATION: string;
  /**
   * By rack number: three octets each, from DHCPD_SUBNET_1, DHCPD_SUBNET_2, … Only of racks whose key was written
   * or has a default; also of racks beyond NUM_RACKS whose key was written.
   */
  readonly DHCPD_SUBNET: Readonly<Record<number, string>>;
  readonly DHCP_BOOT_FILE_BIOS: string;
  readonly DHCP_BOOT_FILE_UEFI: string;
  /** Empty: http://DHCP_RELAY_DESTINATION/boot.ipxe. */
  readonly DHCP_IPXE_SCRIPT_URL: string;
  /** `MAC=address` or `MAC=address=hostname`, the MAC in lower case. */
  readonly DHCP_RESERVATIONS: readonly string[];
  /** Empty: the host's resolvers. */
  readonly DNS_SERVERS: readonly string[];
  readonly DOMAIN: string;
  readonly VLAN_SUBNETS_NUM: number;
  readonly VLAN_SBUNETS_START_IP: number;
  /**
   * By number from 1: three octets each, from VLAN_SBUNET1_PREFIX, VLAN_SBUNET2_PREFIX, … Of all up to
   * VLAN_SUBNETS_NUM, and beyond of those that were written.
   */
  readonly VLAN_SBUNET_PREFIX: Readonly<Record<number, string>>;
  readonly VLAN_START: number;
  readonly HOST_DUMMYNET_IFNAME_PREFIX: string;
  readonly HOST_BRIDGE_NAME_PREFIX: string;
  readonly HOST_VM_TAP_IFNAME_PREFIX: string;
  readonly INTERNET_TO_SPINE_TAP_IFNAME_PREFIX: string;
  readonly INTERNET_TO_SPINE_BRIDGE_PREFIX: string;
  readonly SPINE_TO_INTERNET_TAP_PREFIX: string;
  readonly SPINE_VM_TAP_IFNAME_PREFIX: string;
  readonly SPINE_BRIDGE_PREFIX: string;
  readonly LEAF_TO_SPINE_TAP_PREFIX: string;
  readonly LEAF_TO_SERVERS_TAP_PREFIX: string;
  readonly LEAF_TO_SERVER_BRIDGE_PREFIX: string;
  readonly HOST_TAP_NAME_PREFIX: string;
  readonly HOST_IPMI_BRIDGE_NAME: string;
  readonly HOST_IPMI_IP: string;
  readonly VM_TAP_NIC: string;
  readonly BMC_USER: string;
  /** Empty: one that is made. */
  readonly BMC_PASSWORD: string;
  readonly DEBIAN_RELEASE: string;
  readonly DEBIAN_MIRROR: string;
  readonly DEBIAN_SECURITY_MIRROR: string;
  readonly EXTRA_PACKAGES: readonly string[];
  readonly VM_ROOT_PASS: string;
  /** Empty: none. */
  readonly SSH_AUTHORIZED_KEYS: string;
  readonly BACKEND: "qemu" | "netns";
  readonly ACCEL: "auto" | "kvm" | "tcg";
  readonly BOOT: "auto" | "warm" | "cold";
  readonly SWITCH_MEMORY_MIB: PerSwitch;
  readonly SWITCH_VCPUS: PerSwitch;
  readonly SWITCH_MAX_PROCESSES: number;
  /** First VNC display: the internet router's. */
  readonly VNC_DISPLAY_START: number;
  /** `auto`: all addresses, but loopback only while VM_ROOT_PASS is the shipped one. */
  readonly VNC_LISTEN: string;
  /** Empty: one that is made. */
  readonly VNC_PASSWORD: string;
  /** System user that owns the taps and runs the switches. */
  readonly EMULATOR_USER: string;
  readonly STATE_DIR: string;
  readonly RUN_DIR: string;
  /** Empty: none. */
  readonly CHECK_FILE: string;
}

/** A number for every switch, and others for some by name: `256,leaf3=512`. */
export interface PerSwitch {
  readonly all: number;
  readonly byName: Readonly<Record<string, number>>;
}

/** Where a value came from. */
export type ConfigSource =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  | { readonly kind: "set" };

/** A configuration with, for each key that the user can write, its place and its text after interpolation. */
export interface LoadedConfig {
  readonly config: Config;
  /** The file read; null where only defaults and `--set` were used. */
  readonly file: string | null;
  /** By key as written: `NUM_U`, `DHCPD_SUBNET_1`. */
  readonly entries: ConfigEntries;
}

export type ConfigEntries = Readonly<Record<string, ConfigEntry>>;

export interface ConfigEntry {
  readonly text: string;
  readonly source: ConfigSource;
  /** The keys that the text was made from. */
  readonly uses: readonly string[];
}
