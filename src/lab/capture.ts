import { captureCommand, endingWithInput } from "../capture/command.ts";
import { checkCapture } from "../capture/preflight.ts";
import { CommandError, UsageError } from "../errors.ts";
import type { InterfaceName } from "../fabric/types.ts";
import { hostWith, type NetworkHost } from "../hosts/network-host.ts";
import type { PipedProgram } from "../system/host.ts";

export interface CaptureRequest {
  readonly interface: InterfaceName;
  /** `pcap`: a file's bytes. `text`: a line for each frame. */
  readonly form: "pcap" | "text";
  /** Stop after this many frames; null: when the time is over. */
  readonly count: number | null;
  /** null: until it is told to. */
  readonly seconds: number | null;
  /** pcap-filter(7) */
  readonly filter: readonly string[];
  /** Stop when there is more than this. */
  readonly maxBytes: number;
  /** Stops when it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Captures the frames of an interface, on the host that has it, and returns them as they come. Starts when the result is
 * known to be one: with the first bytes.
 * @throws PreflightError without tcpdump, or without the interface.
 * @throws UsageError if tcpdump does not understand the filter.
 */
export async function captureFrames(
  hosts: readonly NetworkHost[],
  request: CaptureRequest,
): Promise<AsyncIterable<Uint8Array>> {
  const { form, count, filter } = request;
  const { member, host } = hostWith(hosts, request.interface);
  await checkCapture(host, request.interface);
  const command = captureCommand(request.interface, {
    write: form === "pcap" ? "-" : null,
    count,
    // tcpdump is to be ended itself, and not a timeout(1) before it.
    seconds: null,
    filter,
  });
  const program = await host.startPiped(member === null ? command : endingWithInput(command));
  if (member === null) {
    program.input.end();
  }
  const chunks = untilTold(program, request);
  const first = await chunks.next();
  if (first.done) {
    const { exitCode, stderr } = await program.ended;
    if (exitCode !== undefined && exitCode !== 0) {
      throw failureOf(exitCode, stderr);
    }
  }
  return joined(first, chunks);
}

async function* joined(
  first: IteratorResult<Uint8Array>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (!first.done) {
      yield first.value;
      yield* rest;
    }
  } finally {
    await rest.return(undefined);
  }
}

async function* untilTold(
  program: PipedProgram,
  { seconds, maxBytes, signal }: CaptureRequest,
): AsyncGenerator<Uint8Array> {
  const end = () => program.kill();
  const timer = seconds === null ? undefined : setTimeout(end, seconds * 1000);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) {
    end();
  }
  let bytes = 0;
  try {
    for await (const chunk of program.output) {
      bytes += (chunk as Buffer).length;
      yield chunk as Buffer;
      if (bytes > maxBytes) {
        return;
      }
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    end();
  }
}

function failureOf(exitCode: number, stderr: string): Error {
  const line = stderr
    .split("\n")
    .find((each) => /^tcpdump: /.test(each) && !/^tcpdump: (listening|verbose)/.test(each));
  return /syntax error|can't parse filter|unknown|illegal|invalid/i.test(line ?? "")
    ? new UsageError(`invalid filter: ${line?.replace(/^tcpdump: /, "")}`)
    : new CommandError("tcpdump", exitCode, stderr);
}
