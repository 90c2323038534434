import { createServer, type Server } from "node:net";
import { InterruptedError, TimeoutError } from "../errors.ts";
import type { Host } from "./host.ts";

const ADDRESS = "\0ikvswitch-lock";
const POLL_MS = 50;

export interface LockOptions {
  /** What is being done, for those who must wait: `ikvswitch net start`. */
  readonly purpose: string;
  readonly timeoutMs: number;
  /** Called once if someone else holds the lock. */
  readonly onWait: (holder: string) => void;
  /** Wait no longer when this is aborted. */
  readonly interrupted?: AbortSignal;
}

/**
 * Do `work` while no other ikvswitch works on this network.
 *
 * The lock is an abstract unix socket: it belongs to the network namespace, which is just what has to be
 * guarded; only one process can bind it; and the kernel frees it at once however its holder ends. Whoever
 * connects is told who holds it.
 *
 * @throws TimeoutError when the holder does not finish in time.
 * @throws InterruptedError when asked to stop before the work has begun.
 */
export async function withLock<T>(host: Host, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const server = await acquire(host, options);
  try {
    return await work();
  } finally {
    server.close();
  }
}

async function acquire(host: Host, options: LockOptions): Promise<Server> {
  const deadline = Date.now() + options.timeoutMs;
  let lastHolder = "";
  for (;;) {
    if (options.interrupted?.aborted) {
      throw new InterruptedError();
    }
    const server = await tryBind(`pid ${process.pid}, ${options.purpose}`);
    if (server !== undefined) {
      return server;
    }
    const holder = (await readHolder(host)) || lastHolder;
    if (lastHolder === "" && holder !== "") {
      options.onWait(holder);
      lastHolder = holder;
    }
    if (Date.now() > deadline) {
      throw new TimeoutError("another ikvswitch letting go of the network", options.timeoutMs, holder);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function tryBind(purpose: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // A client that leaves before it has read is no concern of the holder's.
      socket.on("error", () => {});
      socket.end(purpose);
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        resolve(undefined);
      } else {
        reject(error);
      }
    });
    server.listen(ADDRESS, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Empty where the holder let go in the meantime. */
async function readHolder(host: Host): Promise<string> {
  try {
    const socket = await host.connect(ADDRESS);
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
    }
    return text;
  } catch {
    return "";
  }
}
