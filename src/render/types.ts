import type { Address } from "../net/address.ts";

/**
 * Inputs of rendering besides the fabric, and its output. Other modules store the identities and query the host;
 * nothing here reads them.
 */

/** An OpenSSH key pair, each as the text of its file, ending with a newline. */
export interface KeyPair {
  /** `-----BEGIN OPENSSH PRIVATE KEY----- …` */
  readonly privateKey: string;
  /** One line: `ssh-ed25519 AAAA… comment`. */
  readonly publicKey: string;
}

/** The identity that a switch keeps over restarts. Made once, stored on the host; secret. */
export interface NodeIdentity {
  /** 32 lower-case hexadecimal digits. */
  readonly machineId: string;
  /** Ed25519 host key. */
  readonly sshHostKey: KeyPair;
}

/**
 * Settings that all switches of a fabric share and that the configuration alone doesn't determine. Contains secrets.
 */
export interface SharedSettings {
  /** The host's name as switches know it. */
  readonly hostName: string;
  /** Addresses of DNS resolvers, in the order of use. */
  readonly dnsServers: readonly Address[];
  /** root's password as crypt(3) hash, for /etc/shadow. */
  readonly rootPasswordHash: string;
  /** Lines of the host user's authorized_keys file; may be empty. */
  readonly authorizedKeys: string;
  /** Public key of the pair with which this program logs in; one line. */
  readonly toolPublicKey: string;
  /** The key pair with which the switches log in to one another. */
  readonly switchKey: KeyPair;
  /** Folder of Kea's libraries in a switch: `/usr/lib/x86_64-linux-gnu/kea/hooks`. */
  readonly keaHooks: string;
  /** Public host key of every node by its name, one line each: the switches' known_hosts. */
  readonly hostKeys: Readonly<Record<string, string>>;
}

/** Options that depend on a switch's environment, in addition to the fabric. */
export interface RenderOptions {
  /** True if ssh and consoles accept a password; otherwise only keys. */
  readonly passwordLogin: boolean;
}

/** Template texts by their path below `templates/`: `frr/frr.conf.hbs`. */
export type TemplateSet = Readonly<Record<string, string>>;

/** Files of one node that are used unchanged instead of being rendered, by path: `/etc/frr/frr.conf`. */
export type NodeOverrides = Readonly<Record<string, string>>;

/** A file inside a switch, owned by root. */
export interface NodeFile {
  /** Absolute path inside the switch. */
  readonly path: string;
  /** Permission bits: 0o644. */
  readonly mode: number;
  readonly content: string;
}
