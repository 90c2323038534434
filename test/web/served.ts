import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { BACKENDS } from "../../src/backends/index.ts";
import type { Backend, Backends } from "../../src/backends/model/backend.ts";
import { describeError } from "../../src/cli/report-error.ts";
import { settingsOf } from "../../src/config/settings.ts";
import { NotRunningError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import type { Fabric } from "../../src/fabric/types.ts";
import type { Lab } from "../../src/lab/lab.ts";
import { parseListen } from "../../src/system/listen-address.ts";
import { localHost } from "../../src/system/local-host.ts";
import type { Progress } from "../../src/system/progress.ts";
import { makeGate } from "../../src/web/access/gate.ts";
import { hostNames } from "../../src/web/access/host-names.ts";
import { apiRoutes } from "../../src/web/api/routes.ts";
import { type PageFiles, pageFile } from "../../src/web/exchange/files.ts";
import { serveWeb } from "../../src/web/server/serve.ts";
import { makeWatcher } from "../../src/web/watch/watcher.ts";
import { makeWork } from "../../src/web/watch/work.ts";
import { shippedConfig } from "../fabric/config.ts";

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A server of a fabric that does not run, and clients of it. */
export interface Served {
  readonly port: number;
  readonly url: string;
  readonly lab: Lab;
  /** What was asked of the whole fabric; `down` fails. */
  readonly asked: readonly string[];
  /** Sends a request with the token, on a connection of its own. A header that is undefined is left out. */
  send(method: string, path: string, body?: unknown, headers?: Headers): Promise<Received>;
  /** Opens a WebSocket, with the token unless the headers say otherwise. */
  socket(path: string, headers?: Headers): WebSocket;
  /** Sends bytes on a connection, and returns all that comes until its end. */
  raw(text: string): Promise<string>;
  stop(): Promise<void>;
}

type Headers = Readonly<Record<string, string | undefined>>;

export const TOKEN = "a-token-for-the-tests-of-the-server";

export interface ServeOptions {
  /** Port of a server that stands for the switches' VNC consoles; absent: the backend has none. */
  readonly vncPort?: number;
  /** Of these consoles. */
  readonly vncPassword?: string;
  /** Changes the backend of the switches. */
  readonly backend?: (own: Backend) => Backend;
  /** Files of the page; absent: an invented one. */
  readonly files?: PageFiles;
}

/** Serves on a free port of 127.0.0.1. */
export async function serve({ vncPort, vncPassword, backend, files }: ServeOptions = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-web-"));
  const config = shippedConfig({ RUN_DIR: join(folder, "run"), STATE_DIR: join(folder, "state") });
  const fabric = planFabric(config);
  const lab: Lab = {
    host: localHost(),
    settings: { ...settingsOf(config), backend: "netns", vncPassword: vncPassword ?? "" },
    fabric: vncPort === undefined ? fabric : withVncPort(fabric, vncPort),
    backends: changed(vncPort === undefined ? BACKENDS : changed(BACKENDS, withVnc), backend),
    locked: (_action, work) => work(),
  };
  const named = { name: "ikvswitch", plan: "1", assertionFiles: [], lab };
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = makeWork();
  const watcher = makeWatcher({
    lab: async () => named,
    work,
    describe: (error) => describeError(error).text,
    signal,
    intervalMs: 20,
  });
  const asked: string[] = [];
  const power = {
    up: async (progress: Progress) =>
      progress.step("Start the switches", async (note) => {
        note("leaf3");
        asked.push("up");
      }),
    down: async () => Promise.reject(new NotRunningError("nothing runs; 'ikvswitch up' starts it")),
  };
  const listen = parseListen("127.0.0.1:0");
  const { port, closed } = await serveWeb({
    listen,
    files:
      files ?? new Map([["/", pageFile("index.html", Buffer.from("<!doctype html><title>Page</title>"))]]),
    routes: apiRoutes(),
    describe: describeError,
    services: (own) => {
      const hosts = hostNames({ ...listen, port: own }, ["lab.example"]);
      const gate = makeGate({ token: TOKEN, scheme: "http", hosts, cookie: `ikvswitch-${own}` });
      return { lab: async () => named, power, watcher, work, gate, onWarning: () => {}, ended: signal };
    },
  });
  const bearer = { authorization: `Bearer ${TOKEN}` };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    lab,
    asked,
    send: (method, path, body, headers = {}) =>
      exchange({ port, method, path, headers: { ...bearer, ...headers } }, body),
    socket: (path, headers = {}) =>
      new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: defined({ ...bearer, ...headers }) }),
    raw: (text) => exchangeRaw(port, text),
    stop: async () => {
      stopping.abort();
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}

function withVncPort(fabric: Fabric, vncPort: number): Fabric {
  return {
    ...fabric,
    nodes: fabric.nodes.map((node) => ({ ...node, machine: { ...node.machine, vncPort } })),
  };
}

function withVnc(own: Backend): Backend {
  return { ...own, vnc: { listenAddress: () => "0.0.0.0" } };
}

function changed(backends: Backends, change: ((own: Backend) => Backend) | undefined): Backends {
  return new Map(
    [...backends].map(([name, load]) => [
      name,
      async () => (change === undefined ? load() : change(await load())),
    ]),
  );
}

function exchange(
  { headers, ...target }: { headers: Headers; method: string; path: string; port: number },
  body: unknown,
): Promise<Received> {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const all = defined({
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    "content-length": String(Buffer.byteLength(text)),
    ...headers,
  });
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", agent: false, ...target, headers: all };
    const sent = request(options, async (response) => {
      const chunks: Buffer[] = await response.toArray();
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: Buffer.concat(chunks).toString("utf8"),
      });
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

async function exchangeRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  socket.on("error", () => {});
  socket.write(text);
  await once(socket, "close");
  return received;
}

function defined(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Returns the status with which a WebSocket is refused; 101 if it is open. */
export function socketStatus(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve(101));
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("error", reject);
  });
}
