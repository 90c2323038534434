import type { Address } from "../net/address.ts";

/**
 * What rendering takes besides the fabric, and what it gives. None of it is read here: who keeps identities and
 * who asks the machine is elsewhere.
 */

/** An OpenSSH key pair, each as the text of its file, ending with a newline. */
export interface KeyPair {
  /** `-----BEGIN OPENSSH PRIVATE KEY----- …` */
  readonly privateKey: string;
  /** One line: `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
}

/** What makes a switch the same switch after a restart. Made once, kept on the host; secret. */
export interface NodeIdentity {
  /** 32 lower-case hexadecimal digits. */
  readonly machineId: string;
  /** Ed25519 host key. */
  readonly sshHostKey: KeyPair;
}

/** What all switches of a fabric share and the configuration alone doesn't tell. Holds secrets. */
export interface SiteFacts {
  /** The host's name as switches know it. */
  readonly hostName: string;
  /** Resolvers' addresses, in the order to ask them. */
  readonly dnsServers: readonly Address[];
  /** root's password as crypt(3) hash, for /etc/shadow. */
  readonly rootPasswordHash: string;
  /** Lines of the host user's authorized_keys file; may be empty. */
  readonly authorizedKeys: string;
  /** Public half of the key pair with which this program logs in; one line. */
  readonly toolPublicKey: string;
  /** The key pair with which the switches log in to one another. */
  readonly switchKey: KeyPair;
  /** Public host key of every node by its name, one line each: the switches' known_hosts. */
  readonly hostKeys: Readonly<Record<string, string>>;
}

/** What a switch's surroundings allow it, besides what the fabric says. */
export interface RenderOptions {
  /** Whether a password opens ssh and consoles; else only keys do. */
  readonly passwordLogin: boolean;
}

/** Template texts by their path below `templates/`: `frr/frr.conf.hbs`. */
export type TemplateSet = Readonly<Record<string, string>>;

/** Files of one node that are taken as they are instead of being rendered, by path: `/etc/frr/frr.conf`. */
export type NodeOverrides = Readonly<Record<string, string>>;

/** A file as it is to be inside the switch, owned by root. */
export interface NodeFile {
  /** Absolute path inside the switch. */
  readonly path: string;
  /** Permission bits: 0o644. */
  readonly mode: number;
  readonly content: string;
}
