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
  const sockets = await openAll(cluster, operation, names, onOutput);
  return programOf(cluster, operation, sockets, names);
}

/** Opens one after the other: where a program ends before its last stream is there, the server would crash. */
async function openAll(
  cluster: Cluster,
  operation: StartedOperation,
  names: readonly string[],
  onOutput: OnOutput,
): Promise<ReadonlyMap<string, WebSocket>> {
  const secrets = fieldsOf(fieldsOf(operation.metadata).fds);
  const sockets = new Map<string, WebSocket>();
  try {
    for (const name of names) {
      const to = name === "2" ? "stderr" : "stdout";
      const socket = await cluster.webSocket(
        `${operation.path}/websocket`,
        { secret: textOf(secrets[name], "") },
        // A text marks the end of output.
        (data, isBinary) => isBinary && onOutput(data, to),
      );
      sockets.set(name, socket);
    }
    return sockets;
  } catch (error) {
    closeAll(sockets);
    throw error;
  }
}

function programOf(
  cluster: Cluster,
  operation: StartedOperation,
  sockets: ReadonlyMap<string, WebSocket>,
  names: readonly string[],
): RunningProgram {
  const input = sockets.get("0");
  const control = (message: unknown) => sockets.get("control")?.send(JSON.stringify(message), () => {});
  const drained = Promise.all(
    names
      .filter((name) => name === "1" || name === "2" || names === TERMINAL)
      .map((name) => closed(sockets.get(name))),
  );
  return {
    write: (bytes) => new Promise((resolve) => input?.send(bytes, { binary: true }, () => resolve())),
    // An empty text is the end of input.
    endInput: () => input?.send("", { binary: false }, () => {}),
    resize: ({ rows, columns }) =>
      control({ command: "window-resize", args: { width: `${columns}`, height: `${rows}` } }),
    signal: (number) => control({ command: "signal", signal: number }),
    close: () => closeAll(sockets),
    ended: (async () => {
      const metadata = await cluster.finish(operation, RUN_TIMEOUT_MS);
      await drained;
      closeAll(sockets);
      const code = numberOf(fieldsOf(metadata).return, Number.NaN);
      if (!Number.isInteger(code) || code < 0) {
        throw new CommandError(
          `program in ${cluster.name}`,
          undefined,
          "the server does not know its exit code",
        );
      }
      return code;
    })(),
  };
}

function closed(socket: WebSocket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (socket === undefined || socket.readyState === socket.CLOSED) {
      resolve();
    } else {
      socket.once("close", () => resolve());
    }
  });
}

function closeAll(sockets: ReadonlyMap<string, WebSocket>): void {
  for (const socket of sockets.values()) {
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
