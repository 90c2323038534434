import { randomBytes, randomInt } from "node:crypto";
import { FileError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { knownHosts } from "../render/known-hosts.ts";
import type { KeyPair, NodeIdentity } from "../render/types.ts";
import type { Host } from "../system/host.ts";
import { statePaths } from "./state-paths.ts";

/** All secret or random content of the nodes' files, kept so that it is the same next time. */
export interface Identities {
  readonly nodes: Readonly<Record<string, NodeIdentity>>;
  /** crypt(5) hash of the configured root password. */
  readonly rootPasswordHash: string;
  /** The tool's own key. */
  readonly toolKey: KeyPair;
  /** The key with which the switches log in to one another. */
  readonly switchKey: KeyPair;
}

/**
 * Reads the identities of the fabric's nodes, makes those that do not exist yet, and writes known_hosts to match. A
 * node that is no longer in the fabric keeps its identity, in case it returns.
 */
export async function ensureIdentities(
  host: Host,
  stateDir: string,
  fabric: Fabric,
  rootPassword: string,
): Promise<Identities> {
  const paths = statePaths(stateDir);
  await host.makeDirectory(paths.identity, 0o700);
  await host.makeDirectory(`${stateDir}/ssh`, 0o700);
  const [nodes, toolKey, switchKey, rootPasswordHash] = await Promise.all([
    Promise.all(
      fabric.nodes.map(async ({ name }) => {
        const own = `${paths.identity}/${name}`;
        await host.makeDirectory(own, 0o700);
        return [name, await ensureIdentity(host, own, name)] as const;
      }),
    ),
    ensureToolKey(host, stateDir),
    ensureKeyPair(host, paths.switchKey, "ikvswitch-switches"),
    hashRootPassword(host, paths.rootPasswordSalt, rootPassword),
  ]);
  const identities = { nodes: Object.fromEntries(nodes), rootPasswordHash, toolKey, switchKey };
  await host.writeFile(paths.knownHosts, knownHostsFile(fabric, identities.nodes), 0o600);
  return identities;
}

function knownHostsFile(fabric: Fabric, identities: Identities["nodes"]): string {
  const keys = Object.entries(identities).map(([name, { sshHostKey }]) => [name, sshHostKey.publicKey]);
  const lines = knownHosts(fabric, Object.fromEntries(keys), null).map(
    ({ names, key }) => `${names} ${key}\n`,
  );
  return `# Written by ikvswitch at every start; changes are lost.\n${lines.join("")}`;
}

/** Reads the identity in this folder, which is the node's own, and makes it if it does not exist yet. */
export async function ensureIdentity(host: Host, own: string, name: string): Promise<NodeIdentity> {
  const idPath = `${own}/machine-id`;
  const kept = await readKept(host, idPath, /^[0-9a-f]{32}$/);
  const machineId = kept?.trim() ?? randomBytes(16).toString("hex");
  await host.writeFile(idPath, `${machineId}\n`, 0o600);
  return { machineId, sshHostKey: await ensureKeyPair(host, `${own}/ssh_host_ed25519_key`, `root@${name}`) };
}

/** Returns the key pair with which ikvswitch logs in to switches and members, and makes it if there is none yet. */
export async function ensureToolKey(host: Host, stateDir: string): Promise<KeyPair> {
  await host.makeDirectory(`${stateDir}/ssh`, 0o700);
  return ensureKeyPair(host, statePaths(stateDir).toolKey, "ikvswitch");
}

/** Returns the key pair whose private half is at `path`. */
async function ensureKeyPair(host: Host, path: string, comment: string): Promise<KeyPair> {
  const existing = await readKeyPair(host, path);
  if (existing !== undefined) {
    return existing;
  }
  // Made under another name and moved, public half first: a private key that exists is complete.
  const fresh = `${path}.new`;
  await Promise.all([host.remove(fresh), host.remove(`${fresh}.pub`)]);
  await host.run({ file: "ssh-keygen", args: ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", fresh] });
  await host.rename(`${fresh}.pub`, `${path}.pub`);
  await host.rename(fresh, path);
  const made = await readKeyPair(host, path);
  if (made === undefined) {
    throw new Error(`${path} vanished while it was made`);
  }
  return made;
}

/**
 * Returns the content of a file of ours.
 * @param form of its text, without blanks around it.
 * @throws FileError if it is not in our format: a new identity would not repair the switch, but make it another one.
 */
async function readKept(host: Host, path: string, form: RegExp): Promise<string | undefined> {
  const text = await host.readFile(path, { maxBytes: MAX_BYTES, followLinks: false });
  if (text !== undefined && !form.test(text.trim())) {
    throw new FileError(path, "damaged; remove it and run 'ikvswitch up' to create a new one");
  }
  return text;
}

const MAX_BYTES = 64 * 1024;

async function readKeyPair(host: Host, path: string): Promise<KeyPair | undefined> {
  const [privateKey, publicKey] = await Promise.all([
    readKept(
      host,
      path,
      /^-----BEGIN OPENSSH PRIVATE KEY-----\n[\w+/=\n]+\n-----END OPENSSH PRIVATE KEY-----$/,
    ),
    readKept(host, `${path}.pub`, /^ssh-ed25519 [\w+/=]+( .*)?$/),
  ]);
  return privateKey === undefined || publicKey === undefined ? undefined : { privateKey, publicKey };
}

/**
 * Returns the hash of the root password. The salt is kept: another one would change every node's files at every start.
 */
async function hashRootPassword(host: Host, saltPath: string, password: string): Promise<string> {
  let salt = (await readKept(host, saltPath, /^[./0-9A-Za-z]{1,16}$/))?.trim();
  if (salt === undefined) {
    salt = Array.from({ length: 16 }, () => CRYPT_ALPHABET[randomInt(CRYPT_ALPHABET.length)]).join("");
    await host.writeFile(saltPath, `${salt}\n`, 0o600);
  }
  const { stdout } = await host.run({
    file: "openssl",
    args: ["passwd", "-6", "-salt", salt, "-stdin"],
    input: `${password}\n`,
  });
  return stdout.trim();
}

const CRYPT_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
