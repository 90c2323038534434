import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, TimeoutError } from "../errors.ts";
import { encodeFrame, type Frame, frameDecoder } from "../nodes/frames.ts";
import { carryStreams, type FrameChannel, type ProgramStreams, runInside } from "../nodes/streams.ts";
import { formatCommand } from "../system/format-command.ts";
import type { Command, Host, RunResult } from "../system/host.ts";
import { type AgentOptions, type GuestAgent, withGuestAgent } from "./guest-agent.ts";
import { exitStatus, startProgram } from "./guest-exec.ts";
import {
  closeGuestFile,
  type GuestFile,
  openGuestFile,
  readMore,
  recover,
  writeMore,
} from "./guest-spool.ts";

/** Time to hold the agent's only channel while nothing comes. */
const HOLD_MS = 2_000;
const FIRST_POLL_MS = 10;
const LAST_POLL_MS = 500;
/** A perl takes some 100 ms to start in an emulated VM. */
const START_POLL_MS = 30;
/** At a terminal, keys and their echo should not wait. */
const TERMINAL_POLL_MS = 100;
/** An agent loses its requests when its VM restarts. */
const ANSWER_TIMEOUT_MS = 20_000;
const START_TIMEOUT_MS = 10 * 60_000;
const LAST_POLLS = 50;
/** By then `run-inside` has ended the program, if the VM runs: it has heard nothing either. */
const SILENCE_MS = 2 * 60_000;
/** Each has 32 KiB at most. */
const FRAMES_AT_ONCE = 4;
/** `run-inside` takes a new file after as much of its own. */
const FILE_BYTES = 1024 * 1024;

/**
 * Runs a program in the VM and carries its streams by files of the guest agent, which tells of a program's output only
 * at its end. Returns its exit code.
 * @throws CommandError if it can't be started, or the VM ends, restarts, or runs and does not answer for two minutes,
 *   as after a panic of its kernel. For one that is paused, this waits.
 */
export async function guestStream(
  host: Host,
  agent: StreamAgent,
  command: Command,
  streams: ProgramStreams,
): Promise<number> {
  const folder = `/run/ikvswitch-exec-${randomUUID()}`;
  const inside = await runInside(host, command, { channel: folder, terminal: streams.terminal });
  const lastPollMs = streams.terminal === null ? LAST_POLL_MS : TERMINAL_POLL_MS;
  const spool = spoolChannel({ host, agent, command, inside, folder, lastPollMs });
  return carryStreams(command, spool, streams);
}

/** The agent of a VM, and whether that is paused. */
export interface StreamAgent extends Omit<AgentOptions, "timeoutMs"> {
  readonly isPaused: () => Promise<boolean>;
}

interface Spooled {
  readonly host: Host;
  readonly agent: StreamAgent;
  /** The user's command, for messages. */
  readonly command: Command;
  readonly inside: Command;
  readonly folder: string;
  readonly lastPollMs: number;
}

/** State of a conversation by files. */
interface Spool extends Spooled {
  pid: number | undefined;
  out: GuestFile | undefined;
  outNumber: number;
  in: GuestFile | undefined;
  inNumber: number;
  unsent: readonly Uint8Array[];
  /** Set once `run-inside` has ended. */
  ended: RunResult | undefined;
  isClosed: boolean;
  /** True after a conversation that failed: what it wrote and read last is done again. */
  isDoubtful: boolean;
  /** When the agent last answered, or the VM was paused; in ms since the epoch. */
  lastAnswerMs: number;
  /** Ends the pause before the next poll. */
  wake: () => void;
  readonly decode: (bytes: Uint8Array) => readonly Frame[];
}

function spoolChannel(spooled: Spooled): FrameChannel {
  const spool: Spool = {
    ...spooled,
    ...{ pid: undefined, out: undefined, outNumber: 0, in: undefined, inNumber: 0, unsent: [] },
    ...{ ended: undefined, isClosed: false, isDoubtful: false, wake: () => {}, decode: frameDecoder() },
    lastAnswerMs: Date.now(),
  };
  return {
    send: (frame) => {
      spool.unsent = [...spool.unsent, frame];
      spool.wake();
    },
    frames: spoolFrames(spool),
    close: () => {
      spool.isClosed = true;
      spool.wake();
    },
  };
}

async function* spoolFrames(spool: Spool): AsyncGenerator<Frame> {
  await converse(spool, start);
  while (!spool.isClosed && spool.ended === undefined) {
    const frames = await converse(spool, exchange);
    if (frames.some(({ letter }) => letter === "x")) {
      spool.unsent = [encodeFrame("q")];
      await converse(spool, finish);
    }
    yield* frames;
    if (frames.length === 0) {
      await pauseUntilWoken(spool, spool.lastPollMs);
    }
  }
  if (spool.ended !== undefined) {
    const { exitCode, stderr } = spool.ended;
    throw new CommandError(formatCommand(spool.command), exitCode, stderr);
  }
}

/** Has one conversation with the agent, which serves others between two. */
async function converse(
  spool: Spool,
  work: (spool: Spool, agent: GuestAgent) => Promise<readonly Frame[]>,
): Promise<readonly Frame[]> {
  const { host, agent, command, pid: started } = spool;
  // A VM that boots starts the program as soon as its agent runs.
  const timeoutMs = started === undefined ? START_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
  try {
    const frames = await withGuestAgent(host, { ...agent, timeoutMs }, (inside) => work(spool, inside));
    spool.lastAnswerMs = Date.now();
    return frames;
  } catch (error) {
    if (started !== undefined && error instanceof TimeoutError) {
      spool.isDoubtful = true;
      await failIfSilent(spool, error);
      return [];
    }
    if (started !== undefined && error instanceof CommandError) {
      const why = "result unknown: the VM restarted or powered off meanwhile";
      throw new CommandError(formatCommand(command), undefined, why, error);
    }
    throw error;
  }
}

async function failIfSilent(spool: Spool, error: TimeoutError): Promise<void> {
  if (await spool.agent.isPaused()) {
    spool.lastAnswerMs = Date.now();
  } else if (Date.now() - spool.lastAnswerMs > SILENCE_MS) {
    const why = `result unknown: the VM has not answered for ${SILENCE_MS / 60_000} minutes`;
    throw new CommandError(formatCommand(spool.command), undefined, why, error);
  }
}

async function start(spool: Spool, agent: GuestAgent): Promise<readonly Frame[]> {
  spool.pid = await startProgram(agent, spool.inside);
  return [];
}

/** Writes and reads until there are frames, or for as long as the channel may be held. */
async function exchange(spool: Spool, agent: GuestAgent): Promise<readonly Frame[]> {
  const { pid = 0 } = spool;
  if (spool.isDoubtful) {
    await recover(agent, [spool.in, spool.out]);
    spool.isDoubtful = false;
  }
  const until = Date.now() + HOLD_MS;
  let pauseMs = FIRST_POLL_MS;
  for (;;) {
    const frames = await transfer(spool, agent);
    if (frames.length > 0 || spool.isClosed) {
      return frames;
    }
    const isStarting = spool.out === undefined;
    if (isStarting || Date.now() >= until) {
      const ended = await exitStatus(agent, pid, spool.command);
      // Its last frames may have come since.
      const last = ended === undefined ? [] : await transfer(spool, agent);
      spool.ended = last.length > 0 ? undefined : ended;
      if (last.length > 0 || ended !== undefined || Date.now() >= until) {
        return last;
      }
    }
    await (isStarting ? sleep(START_POLL_MS) : pauseUntilWoken(spool, pauseMs));
    pauseMs = isStarting ? FIRST_POLL_MS : Math.min(pauseMs * 1.5, LAST_POLL_MS);
  }
}

/** Writes what is to be sent and reads what has come. */
async function transfer(spool: Spool, agent: GuestAgent): Promise<readonly Frame[]> {
  const { folder } = spool;
  spool.out ??= await openGuestFile(agent, `${folder}/out.${spool.outNumber}`, "r");
  if (spool.out === undefined) {
    return [];
  }
  spool.in ??= await openGuestFile(agent, `${folder}/in.${spool.inNumber}`, "w");
  if (spool.in !== undefined && spool.unsent.length > 0) {
    await send(spool, agent, spool.in);
  }
  const frames = spool.decode(await readMore(agent, spool.out));
  if (frames.at(-1)?.letter === "n") {
    const read = spool.out;
    spool.out = undefined;
    spool.outNumber += 1;
    spool.unsent = [...spool.unsent, encodeFrame("m")];
    await closeGuestFile(agent, read);
  }
  return frames;
}

async function send(spool: Spool, agent: GuestAgent, file: GuestFile): Promise<void> {
  let to = file;
  if (file.offset >= FILE_BYTES) {
    const next = await openGuestFile(agent, `${spool.folder}/in.${spool.inNumber + 1}`, "w");
    if (next === undefined) {
      throw new CommandError(formatCommand(spool.command), undefined, "no room for input in the VM's /run");
    }
    await writeMore(agent, file, encodeFrame("n"));
    spool.in = next;
    spool.inNumber += 1;
    await closeGuestFile(agent, file);
    to = next;
  }
  const some = spool.unsent.slice(0, FRAMES_AT_ONCE);
  await writeMore(agent, to, Buffer.concat(some));
  spool.unsent = spool.unsent.slice(some.length);
}

/** Lets `run-inside` go, and waits until it has removed its files. */
async function finish(spool: Spool, agent: GuestAgent): Promise<readonly Frame[]> {
  const { in: to, out: from, pid = 0, command } = spool;
  if (to !== undefined) {
    await send(spool, agent, to);
  }
  for (const file of [spool.in, from].filter((opened) => opened !== undefined)) {
    await closeGuestFile(agent, file);
  }
  for (let polls = 0; polls < LAST_POLLS; polls += 1) {
    if ((await exitStatus(agent, pid, command)) !== undefined) {
      break;
    }
    await sleep(FIRST_POLL_MS);
  }
  return [];
}

/** Waits that long, or until there is something to send. */
async function pauseUntilWoken(spool: Spool, milliseconds: number): Promise<void> {
  if (spool.unsent.length > 0 || spool.isClosed) {
    return;
  }
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    spool.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
