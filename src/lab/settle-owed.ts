import { findBackend } from "../backends/find.ts";
import type { Backends } from "../backends/model/backend.ts";
import type { Settings } from "../config/settings.ts";
import { CommandError, PreflightError } from "../errors.ts";
import { bareMemberPart } from "../fabric/member-part.ts";
import type { Fabric } from "../fabric/types.ts";
import { stopHostNetwork } from "../host/stop.ts";
import { connectParts } from "../hosts/connect.ts";
import { type Owed, type OwedMember, readOwed, writeOwed } from "../hosts/owed.ts";
import { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";

export interface SettleRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  readonly backends: Backends;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

/** Removes what an earlier `down` left on members that did not answer, as far as these answer now. */
export async function settleOwed(host: Host, request: SettleRequest): Promise<void> {
  const owed = await readOwed(host, request.settings.stateDir);
  if (owed === undefined) {
    return;
  }
  await request.progress.step(
    "Finish an earlier 'down'",
    () => settle(host, request, owed),
    (left) =>
      left.length === 0
        ? "done"
        : `not on ${left.map(({ name }) => name).join(", ")}, which do not answer yet`,
  );
}

async function settle(host: Host, request: SettleRequest, owed: Owed): Promise<readonly OwedMember[]> {
  const { settings, backends, onWarning } = request;
  const { stateDir } = settings;
  try {
    const backend = await findBackend(backends, owed.backend);
    const deleted = (await backend.deleteOwed?.(host, owed, { stateDir, onWarning })) ?? owed;
    const members = await Promise.all(deleted.members.map((member) => removeNetwork(host, request, member)));
    return await writeOwed(host, stateDir, { ...deleted, members });
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof PreflightError)) {
      throw error;
    }
    // The command itself does not depend on it.
    onWarning(`cannot finish an earlier 'down' yet: ${error.message}`);
    return owed.members;
  }
}

async function removeNetwork(
  host: Host,
  { settings, fabric, onWarning }: SettleRequest,
  member: OwedMember,
): Promise<OwedMember> {
  const { name, instances, network } = member;
  // Their containers would lose their links, and the next attempt is to find all of it.
  if (network === null || instances.length > 0) {
    return member;
  }
  const { login, address } = network;
  const part = bareMemberPart(fabric, { name, login, address: Address.from(address), weight: 1 });
  const [connected] = await connectParts(host, [part], settings);
  if (connected === undefined || (await connected.host.reach()) !== undefined) {
    return member;
  }
  await stopHostNetwork(connected.host, part.fabric, { stateDir: settings.stateDir, onWarning });
  return { ...member, network: null };
}
