import { CommandError } from "../../errors.ts";
import { type Frame, frameDecoder } from "../../nodes/frames.ts";
import { carryStreams, type FrameChannel, type ProgramStreams, runInside } from "../../nodes/streams.ts";
import { formatCommand } from "../../system/format-command.ts";
import type { Command, Host, PipedProgram } from "../../system/host.ts";
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

function pipeChannel(command: Command, program: PipedProgram): FrameChannel {
  return {
    send: (frame) => {
      if (program.input.writable) {
        program.input.write(frame);
      }
    },
    frames: pipeFrames(command, program),
    close: () => program.kill(),
  };
}

/**
 * The last frame comes once `run-inside` has ended by itself: if it is killed, it kills what the command has left in the
 * background.
 */
async function* pipeFrames(command: Command, { output, ended }: PipedProgram): AsyncGenerator<Frame> {
  const decode = frameDecoder();
  let last: Frame | undefined;
  for await (const bytes of output) {
    for (const frame of decode(bytes as Buffer)) {
      if (frame.letter === "x") {
        last = frame;
      } else {
        yield frame;
      }
    }
  }
  const { exitCode, stderr } = await ended;
  if (last !== undefined) {
    yield last;
  } else if (exitCode !== undefined && exitCode !== 0) {
    throw new CommandError(formatCommand(command), exitCode, stderr);
  }
}
