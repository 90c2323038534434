import { pipeChannel } from "../../nodes/pipe-channel.ts";
import { carryStreams, type ProgramStreams, runInside } from "../../nodes/streams.ts";
import type { Command, Host } from "../../system/host.ts";
import { enteringCommand, runningOrOff } from "./exec.ts";
import type { NetnsFolder } from "./netns-folder.ts";

/**
 * Runs a program in a netns and carries its streams. Returns its exit code.
 * @throws CommandError if the netns is off or can't be entered.
 */
export async function netnsStream(
  host: Host,
  folder: NetnsFolder,
  command: Command,
  streams: ProgramStreams,
): Promise<number> {
  const netns = await runningOrOff(host, folder, command);
  const inside = await runInside(host, command, { channel: "pipes", terminal: streams.terminal });
  const program = await host.startPiped(enteringCommand(netns, inside));
  return carryStreams(command, pipeChannel(command, program), streams);
}
