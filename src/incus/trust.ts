import { CommandError } from "../errors.ts";
import { fingerprintOf } from "../system/https/connect.ts";
import { fieldsOf, objectsIn, textOf } from "../untrusted-json.ts";
import { hasStatus } from "./answer.ts";
import { apiPath, type Cluster } from "./client.ts";
import { serverFacts } from "./members.ts";

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
