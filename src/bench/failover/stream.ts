import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../../errors.ts";
import { type LineProgram, startLineProgram } from "../../servers/line-program.ts";
import type { Server } from "../../servers/server.ts";
import type { Host } from "../../system/host.ts";
import { pollUntil } from "../../system/poll.ts";
import type { Reception } from "../probe/gaps.ts";
import type { ProbeTask } from "../probe/main.ts";
import type { ReceiverReport } from "../probe/receive.ts";

/** A stream of probes from one server to another. */
export interface Stream {
  /**
   * Waits until this many have arrived without a gap.
   * @throws TimeoutError
   */
  untilSteady(inARow: number, timeoutMs: number): Promise<void>;
  /** Ends the stream and returns the result. Further calls return the same result. */
  finish(): Promise<Reception>;
}

/** The program that sends and receives probes: `node .../libexec/probe`. */
export interface ProbeProgram {
  readonly node: string;
  readonly script: string;
}

export interface StreamOptions {
  readonly perSecond: number;
  /** Source port, which affects the choice among equal paths. */
  readonly fromPort: number;
}

/** Port of the discard service (RFC 863). */
const TO_PORT = 9;
const START_TIMEOUT_MS = 10_000;
/** Time for probes in flight when the sender ends. */
const DRAIN_MS = 100;

export async function startStream(
  host: Host,
  program: ProbeProgram,
  [from, to]: readonly [Server, Server],
  options: StreamOptions,
): Promise<Stream> {
  const start = (server: Server, task: ProbeTask) =>
    startLineProgram(host, {
      file: "nsenter",
      args: [
        ...[`--target=${server.pid}`, "--net", "--"],
        ...[program.node, program.script, JSON.stringify(task)],
      ],
    });
  const receiver = start(to, { task: "receive", address: String(to.plan.address), port: TO_PORT });
  const receiverPid = await pidOf(receiver, "the probes' receiver");
  const sender = start(from, {
    task: "send",
    from: String(from.plan.address),
    to: String(to.plan.address),
    toPort: TO_PORT,
    ...options,
  });
  const senderPid = await pidOf(sender, "the probes' sender");
  const finish = async (): Promise<Reception> => {
    await host.kill(senderPid, "SIGTERM");
    await sender.end;
    await sleep(DRAIN_MS);
    await host.kill(receiverPid, "SIGTERM");
    await receiver.end;
    const report = lastReport(receiver);
    if (report === undefined || !("end" in report)) {
      throw new CommandError("the probes' receiver", undefined, receiver.lines.slice(-20).join("\n"));
    }
    return report.end;
  };
  let finished: Promise<Reception> | undefined;
  return {
    untilSteady: (inARow, timeoutMs) => {
      // Only reports from now on count.
      const from = receiver.lines.length;
      return pollUntil({ what: `${inARow} probes in a row`, timeoutMs, intervalMs: 20 }, async () => {
        failIfEnded(sender, "the probes' sender");
        failIfEnded(receiver, "the probes' receiver");
        const report = receiver.lines.length > from ? lastReport(receiver) : undefined;
        const row = report !== undefined && "inARow" in report ? report.inARow : 0;
        return row >= inARow
          ? { done: true, value: undefined }
          : { done: false, seen: `${row} came in a row` };
      });
    },
    finish: () => {
      finished ??= finish();
      return finished;
    },
  };
}

async function pidOf(program: LineProgram, what: string): Promise<number> {
  return pollUntil({ what, timeoutMs: START_TIMEOUT_MS, intervalMs: 10 }, async () => {
    failIfEnded(program, what);
    const [first] = program.lines;
    const pid = first === undefined ? undefined : (JSON.parse(first) as { readonly pid?: number }).pid;
    return pid === undefined ? { done: false, seen: "no output" } : { done: true, value: pid };
  });
}

function failIfEnded(program: LineProgram, what: string): void {
  const ended = program.ended();
  if (ended !== undefined) {
    throw new CommandError(what, undefined, `${ended}\n${program.lines.slice(-20).join("\n")}`);
  }
}

function lastReport(program: LineProgram): ReceiverReport | undefined {
  const line = program.lines.at(-1);
  return line === undefined ? undefined : (JSON.parse(line) as ReceiverReport);
}
