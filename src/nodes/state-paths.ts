/** Paths of files that outlive the switches, below STATE_DIR. */
export interface StatePaths {
  /** One folder per node, with the identity that it keeps after a restart. */
  readonly identity: string;
  readonly rootPasswordSalt: string;
  /** Passwords that were generated because the configuration has none. */
  readonly vncPassword: string;
  readonly bmcPassword: string;
  /** The tool's own key, with which it and its user log in to switches. */
  readonly toolKey: string;
  /** The key with which switches log in to each other. */
  readonly switchKey: string;
  /** Every switch's host key, under all its names and addresses. */
  readonly knownHosts: string;
  /** Host keys of the members of a cluster. */
  readonly memberKeys: string;
  /** What `down` could not remove, since members did not answer. */
  readonly owed: string;
  /** Configurations that users saved of running switches, one folder per node. */
  readonly overrides: string;
  /** DHCP leases, a file for each switch that serves DHCP. */
  readonly leases: string;
  /** Addresses that users reserved besides those of the configuration. */
  readonly reservations: string;
}

export function statePaths(stateDir: string): StatePaths {
  return {
    identity: `${stateDir}/identity`,
    rootPasswordSalt: `${stateDir}/identity/root-password-salt`,
    vncPassword: `${stateDir}/identity/vnc-password`,
    bmcPassword: `${stateDir}/identity/bmc-password`,
    toolKey: `${stateDir}/ssh/id_ed25519`,
    switchKey: `${stateDir}/ssh/switch_ed25519`,
    knownHosts: `${stateDir}/ssh/known_hosts`,
    memberKeys: `${stateDir}/ssh/member_keys`,
    owed: `${stateDir}/owed.json`,
    overrides: `${stateDir}/overrides`,
    leases: `${stateDir}/leases`,
    reservations: `${stateDir}/reservations.json`,
  };
}
