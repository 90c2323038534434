import type { ClusterSettings } from "../config/settings.ts";
import { CommandError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { fingerprintOf } from "../system/https/connect.ts";
import { fieldsOf, objectsIn, textOf } from "../untrusted-json.ts";
import { hasStatus } from "./answer.ts";
import { apiPath, type Cluster } from "./client.ts";
import { clusterAt } from "./connect.ts";
import { ensureIdentity, readIdentity } from "./identity.ts";
import { clusterMembers, serverFacts } from "./members.ts";
import { parseToken } from "./token.ts";
import { addAddresses, clusterFolder, readTrust, serverAddresses, writeTrust } from "./trust-file.ts";

export interface TrustSettings {
  readonly stateDir: string;
  readonly cluster: ClusterSettings;
}

export interface TrustReport {
  /** `https://10.0.0.1:8443` */
  readonly server: string;
  /** SHA-256 of the cluster's certificate. */
  readonly fingerprint: string;
  readonly project: string;
  /** False if the cluster trusted us before. */
  readonly added: boolean;
}

/**
 * Makes this host and a cluster trust each other, as a token of the cluster's administrator allows. Our key and
 * certificate are made if there are none yet.
 * @throws UsageError if it is no token.
 * @throws CommandError if the cluster can't be reached, does not take the token, or the token is for other projects.
 */
export async function trustByToken(host: Host, settings: TrustSettings, text: string): Promise<TrustReport> {
  const token = parseToken(text);
  const folder = clusterFolder(settings.stateDir);
  const identity = await ensureIdentity(host, folder);
  const addresses =
    settings.cluster.urls.length > 0 ? serverAddresses(settings.cluster.urls, []) : token.addresses;
  const { fingerprint } = token;
  const { project } = settings.cluster;
  const cluster = clusterAt(host, { addresses, fingerprint, identity }, project);
  const added = await register(cluster, token.text);
  await writeTrust(host, folder, token);
  await rememberServers(host, settings.stateDir, cluster);
  const projects = await usableProjects(cluster);
  if (!projects.includes(project)) {
    throw new CommandError(
      `trust ${cluster.name}`,
      undefined,
      `the cluster trusts this host, but not for project ${project}: set INCUS_PROJECT to ${projects.join(" or ")}`,
    );
  }
  return { server: cluster.name, fingerprint, project, added };
}

/** Keeps the addresses of all members: the one that has made the token may be lost when the cluster is needed. */
export async function rememberServers(host: Host, stateDir: string, cluster: Cluster): Promise<void> {
  // A server that is no cluster has no members.
  const members = await clusterMembers(cluster).catch(() => []);
  await addAddresses(
    host,
    clusterFolder(stateDir),
    members.map(({ url }) => url),
  );
}

export interface DistrustReport {
  /** SHA-256 of our certificate; null if there was none. */
  readonly fingerprint: string | null;
  /** True if the cluster still trusts that certificate: restricted clients may not remove their own. */
  readonly stillTrusted: boolean;
}

/** Removes our key and certificate, and makes the cluster forget them if it lets us. */
export async function distrust(host: Host, settings: TrustSettings): Promise<DistrustReport> {
  const folder = clusterFolder(settings.stateDir);
  const [record, identity] = await Promise.all([
    // A damaged one is removed as well.
    readTrust(host, folder).catch(() => undefined),
    readIdentity(host, folder),
  ]);
  let isForgotten = true;
  if (record !== undefined && identity !== undefined) {
    const { fingerprint } = record;
    const addresses = serverAddresses(settings.cluster.urls, record.addresses);
    const cluster = clusterAt(host, { addresses, fingerprint, identity }, settings.cluster.project);
    isForgotten = await unregister(cluster, identity.certificate).then(
      () => true,
      () => false,
    );
  }
  await host.remove(folder);
  return {
    fingerprint: identity === undefined ? null : fingerprintOf(identity.certificate),
    stillTrusted: !isForgotten,
  };
}

/**
 * Makes the cluster trust our certificate, as the token allows; it is used up then. Does nothing if the cluster trusts
 * it already.
 * @returns whether that was new.
 * @throws CommandError if the token was used, has expired, or is another cluster's.
 */
export async function register(cluster: Cluster, token: string): Promise<boolean> {
  if ((await serverFacts(cluster)).trusted) {
    return false;
  }
  try {
    await cluster.change("POST", "/1.0/certificates", { json: { type: "client", trust_token: token } });
    return true;
  } catch (error) {
    // LXD 5.0 takes the token as a password, and does not know the other field.
    if (hasStatus(error, 403) || hasStatus(error, 400)) {
      return registerByPassword(cluster, token);
    }
    throw error;
  }
}

async function registerByPassword(cluster: Cluster, token: string): Promise<boolean> {
  try {
    await cluster.change("POST", "/1.0/certificates", { json: { type: "client", password: token } });
    return true;
  } catch (error) {
    if (hasStatus(error, 403) || hasStatus(error, 400)) {
      const why = "the cluster does not accept the token: it was used, has expired, or is another cluster's";
      throw new CommandError(`trust ${cluster.name}`, undefined, `${why}; ask for a new one`, error);
    }
    throw error;
  }
}

/** Makes the cluster forget our certificate. False if it did not trust it. */
export async function unregister(cluster: Cluster, certificate: string): Promise<boolean> {
  if (!(await serverFacts(cluster)).trusted) {
    return false;
  }
  await cluster.change("DELETE", apiPath("certificates", fingerprintOf(certificate)));
  return true;
}

/** Returns the names of the projects that we may use, sorted. */
export async function usableProjects(cluster: Cluster): Promise<readonly string[]> {
  const projects = objectsIn(await cluster.get("/1.0/projects", { recursion: "1" }));
  return projects.map((project) => textOf(fieldsOf(project).name, "")).sort();
}
