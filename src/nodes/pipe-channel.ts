import { CommandError } from "../errors.ts";
import type { Command } from "../system/command.ts";
import { formatCommand } from "../system/format-command.ts";
import type { PipedProgram } from "../system/host.ts";
import { type Frame, frameDecoder } from "./frames.ts";
import type { FrameChannel } from "./streams.ts";

/** Returns the channel to a `run-inside` whose standard streams are pipes of ours. */
export function pipeChannel(command: Command, program: PipedProgram): FrameChannel {
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
