import { clusterBackend } from "../backends/find.ts";
import type { Backends } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import { CommandError, PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { examineMember, examineOperator } from "../host/doctor/member-checks.ts";
import { type Finding, found, missing, toFinding } from "../host/findings/finding.ts";
import type { ConnectedMember } from "../hosts/connect.ts";
import { withMembers } from "../hosts/with-members.ts";
import type { Host } from "../system/host.ts";

interface Request {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly backends: Backends;
}

/** Checks this host, the cluster, and each member for what a fabric on several hosts needs. Changes nothing. */
export async function examineMembers(host: Host, request: Request): Promise<readonly Finding[]> {
  const { settings, fabric } = request;
  const [own, cluster, members] = await Promise.all([
    examineOperator(host, settings.stateDir),
    examineCluster(host, request),
    withMembers(host, fabric, settings, (all) => Promise.all(all.map(examineByName))),
  ]);
  return [...own, ...cluster, ...members.flat()];
}

const SSH_LIMIT_MS = 10_000;

async function examineByName({ part: { member }, host }: ConnectedMember): Promise<readonly Finding[]> {
  const ssh = {
    name: "ssh",
    why: "ikvswitch makes the links there",
    fix: `check that ${member.name} runs, and its address in HOSTS`,
  };
  const examine = async () => {
    await host.runWithin({ file: "true", args: [] }, SSH_LIMIT_MS);
    return [found(ssh, `as ${member.login}`), ...(await examineMember(host))];
  };
  const findings = await examine().catch((error: unknown) => {
    if (error instanceof PreflightError) {
      return error.missing.map((one) => toFinding(ssh.name, one));
    }
    if (error instanceof CommandError) {
      return [missing(ssh, error.stderr.trim().split("\n")[0] || "no answer")];
    }
    throw error;
  });
  return findings.map((finding) => ({ ...finding, name: `${member.name}: ${finding.name}` }));
}

async function examineCluster(
  host: Host,
  { settings, fabric, backends }: Request,
): Promise<readonly Finding[]> {
  const requirement = {
    name: "cluster",
    why: "it runs the switches",
    fix: "bring it up again, or change HOSTS",
  };
  try {
    const backend = await clusterBackend(backends, settings.backend);
    const { members } = (await backend?.observeMembers?.(host, settings)) ?? { members: [] };
    return (fabric.cluster?.members ?? []).map(({ name }) => {
      const one = members.find((member) => member.name === name);
      const named = { ...requirement, name: `${name}: cluster` };
      return one?.online
        ? found(named, "online")
        : missing(named, one === undefined ? "not a member" : `offline: ${one.message}`);
    });
  } catch (error) {
    if (error instanceof PreflightError) {
      return error.missing.map((one) => toFinding(requirement.name, one));
    }
    if (error instanceof CommandError) {
      return [missing(requirement, error.stderr.trim().split("\n")[0] || "no answer")];
    }
    throw error;
  }
}
