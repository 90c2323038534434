import type { Command, Host } from "../system/host.ts";
import { pipeChannel } from "./pipe-channel.ts";
import { carryStreams, type ProgramStreams, runInside } from "./streams.ts";

/**
 * Runs a program of the host, such as ssh, with a terminal that is not the user's own, in the way in which programs run
 * in switches. Returns its exit code.
 */
export async function hostStream(host: Host, command: Command, streams: ProgramStreams): Promise<number> {
  const inside = await runInside(host, command, { channel: "pipes", terminal: streams.terminal });
  return carryStreams(command, pipeChannel(command, await host.startPiped(inside)), streams);
}
