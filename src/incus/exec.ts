import type { Readable } from "node:stream";
import type { WebSocket } from "ws";
import { CommandError, TimeoutError } from "../errors.ts";
import type { Command } from "../system/command.ts";
import { formatCommand } from "../system/format-command.ts";
import { fieldsOf, numberOf, textOf } from "../untrusted-json.ts";
import type { StartedOperation } from "./answer.ts";
import { apiPath, type Cluster } from "./client.ts";

export interface ExecRequest {
  readonly instance: string;
  readonly command: Command;
  readonly environment: Readonly<Record<string, string>>;
  /** The program gets a terminal of this size instead of pipes. */
  readonly terminal?: TerminalSize;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** A program that runs in an instance. It is killed if this process or its connection to the server ends. */
export interface RunningProgram {
  /** Sends input; resolves when more may be sent. */
  write(bytes: Uint8Array): Promise<void>;
  endInput(): void;
  resize(size: TerminalSize): void;
  signal(number: number): void;
  /** Closes all connections, which kills the program. */
  close(): void;
  /**
   * Resolves to its exit code, after all output has been taken: 128 + n if signal n ended it.
   * @throws CommandError if its end is unknown.
   */
  readonly ended: Promise<number>;
}

export type OnOutput = (bytes: Buffer, to: "stdout" | "stderr") => void;

/** Streams of a program without a terminal, and of one with it. A server starts the program after the last of them. */
const PIPES = ["control", "0", "1", "2"];
const TERMINAL = ["control", "0"];

const START_TIMEOUT_MS = 15_000;
/** Programs run for as long as they want. */
const RUN_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Starts a program in a running instance, as root.
 * @throws CommandError if it can't be started, or the instance is off.
 */
export async function startProgram(
  cluster: Cluster,
  request: ExecRequest,
  onOutput: OnOutput,
): Promise<RunningProgram> {
  const { instance, command, environment, terminal } = request;
  const operation = await cluster.begin("POST", apiPath("instances", instance, "exec"), {
    json: {
      command: [command.file, ...command.args],
      environment,
      interactive: terminal !== undefined,
      "wait-for-websocket": true,
      ...(terminal === undefined ? {} : { width: terminal.columns, height: terminal.rows }),
    },
    timeoutMs: START_TIMEOUT_MS,
  });
  const names = terminal === undefined ? PIPES : TERMINAL;
  return programOf(cluster, operation, await openAll(cluster, operation, names, onOutput));
}

interface Stream {
  readonly socket: WebSocket;
  /** Resolves when all output has been taken. */
  readonly drained: Promise<void>;
}

/** Opens one after the other: where a program ends before its last stream is there, the server would crash. */
async function openAll(
  cluster: Cluster,
  operation: StartedOperation,
  names: readonly string[],
  onOutput: OnOutput,
): Promise<ReadonlyMap<string, Stream>> {
  const secrets = fieldsOf(fieldsOf(operation.metadata).fds);
  const streams = new Map<string, Stream>();
  try {
    for (const name of names) {
      streams.set(
        name,
        await openStream(cluster, `${operation.path}/websocket`, textOf(secrets[name], ""), (data) =>
          onOutput(data, name === "2" ? "stderr" : "stdout"),
        ),
      );
    }
    return streams;
  } catch (error) {
    closeAll(streams);
    throw error;
  }
}

async function openStream(
  cluster: Cluster,
  path: string,
  secret: string,
  onData: (data: Buffer) => void,
): Promise<Stream> {
  let end: () => void = () => {};
  const drained = new Promise<void>((resolve) => {
    end = resolve;
  });
  const socket = await cluster.webSocket(path, { secret }, (data, isBinary) => {
    if (isBinary) {
      onData(data);
    } else {
      // A text marks the end of output. A terminal's stream ends only when we close it.
      end();
      socket.close();
    }
  });
  socket.once("close", end);
  return { socket, drained };
}

function programOf(
  cluster: Cluster,
  operation: StartedOperation,
  streams: ReadonlyMap<string, Stream>,
): RunningProgram {
  const input = streams.get("0")?.socket;
  const control = (message: unknown) =>
    streams.get("control")?.socket.send(JSON.stringify(message), () => {});
  // Without a terminal, nothing comes by the stream of input.
  const outputs = [...streams].filter(([name]) => name !== "control" && (name !== "0" || streams.size === 2));
  return {
    write: (bytes) =>
      new Promise((resolve) => {
        input === undefined ? resolve() : input.send(bytes, { binary: true }, () => resolve());
      }),
    // An empty text is the end of input.
    endInput: () => input?.send("", { binary: false }, () => {}),
    resize: ({ rows, columns }) =>
      control({ command: "window-resize", args: { width: `${columns}`, height: `${rows}` } }),
    signal: (number) => control({ command: "signal", signal: number }),
    close: () => closeAll(streams),
    ended: endOf(
      cluster,
      operation,
      outputs.map(([, { drained }]) => drained),
    ).finally(() => closeAll(streams)),
  };
}

async function endOf(
  cluster: Cluster,
  operation: StartedOperation,
  drained: readonly Promise<void>[],
): Promise<number> {
  const metadata = await cluster.finish(operation, RUN_TIMEOUT_MS);
  await Promise.all(drained);
  const code = numberOf(fieldsOf(metadata).return, Number.NaN);
  if (!Number.isInteger(code) || code < 0) {
    throw new CommandError(`program in ${cluster.name}`, undefined, "the server does not know its exit code");
  }
  return code;
}

function closeAll(streams: ReadonlyMap<string, Stream>): void {
  for (const { socket } of streams.values()) {
    socket.terminate();
  }
}

export interface ProgramLimits {
  readonly timeoutMs: number;
  /** Limit on the output, for each of stdout and stderr. */
  readonly maxBytes: number;
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Runs a program in an instance to its end; any exit code is a result.
 * @throws CommandError if it can't be started, or writes more than that.
 * @throws TimeoutError if it takes longer than that; it is killed then.
 */
export async function runProgram(
  cluster: Cluster,
  request: ExecRequest,
  { timeoutMs, maxBytes }: ProgramLimits,
): Promise<ProgramResult> {
  const what = formatCommand(request.command);
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const bytes = { stdout: 0, stderr: 0 };
  let fail: (error: Error) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const timer = setTimeout(
    () => fail(new TimeoutError(what, timeoutMs, Buffer.concat(output.stderr).toString())),
    timeoutMs,
  );
  const started = startProgram(cluster, request, (data, to) => {
    bytes[to] += data.length;
    if (bytes[to] > maxBytes) {
      fail(new CommandError(what, undefined, `it wrote more than ${maxBytes} bytes to ${to}`));
    } else {
      output[to].push(data);
    }
  });
  try {
    const program = await Promise.race([started, failed]);
    program.ended.catch(() => {});
    // A program may end without reading its input.
    await Promise.race([sendInput(program, request.command.input), program.ended, failed]);
    const exitCode = await Promise.race([program.ended, failed]);
    return { exitCode, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr) };
  } finally {
    clearTimeout(timer);
    started.then(
      (program) => program.close(),
      () => {},
    );
  }
}

const INPUT_CHUNK_BYTES = 64 * 1024;

async function sendInput(program: RunningProgram, input: Command["input"]): Promise<void> {
  const bytes = typeof input === "string" ? Buffer.from(input) : (input ?? new Uint8Array());
  for (let start = 0; start < bytes.length; start += INPUT_CHUNK_BYTES) {
    await program.write(bytes.subarray(start, start + INPUT_CHUNK_BYTES));
  }
  program.endInput();
}

/** Sends all that a stream gives as input of a program, no faster than the program takes it. */
export async function pipeInput(program: RunningProgram, input: Readable): Promise<void> {
  for await (const chunk of input as AsyncIterable<Buffer>) {
    await program.write(chunk);
  }
  program.endInput();
}
