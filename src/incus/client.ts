import type { WebSocket } from "ws";
import { CommandError } from "../errors.ts";
import type { HttpsAnswer, HttpsBody, HttpsClient, WebSocketOptions } from "../system/https/client.ts";
import { fieldsOf, numberOf, textOf } from "../untrusted-json.ts";
import { type Answer, ClusterError, hasStatus, readAnswer, type StartedOperation } from "./answer.ts";

/** A project of an Incus or LXD cluster. Every call has a time limit, since calls about a frozen member never end. */
export interface Cluster {
  readonly project: string;
  /** The server's address, for messages: `https://10.0.0.1:8443`. */
  readonly name: string;
  /** Returns the metadata of an answer. @throws ClusterError with the server's error. */
  get(path: string, query?: Query, timeoutMs?: number): Promise<unknown>;
  /** Sends a request and waits until what it starts has ended. Returns the operation's metadata. */
  change(method: Method, path: string, options?: ChangeOptions): Promise<unknown>;
  /** Sends a request that starts an operation, and does not wait for its end. */
  begin(method: Method, path: string, options?: ChangeOptions): Promise<StartedOperation>;
  /** Waits for an operation's end, and returns its metadata. @throws ClusterError with the operation's error. */
  finish(operation: StartedOperation, timeoutMs: number): Promise<unknown>;
  /** Sends a request whose answer is a file. @throws ClusterError with the server's error. */
  raw(method: Method | "GET", path: string, options?: RawOptions): Promise<HttpsAnswer>;
  webSocket(path: string, query: Query, onMessage: WebSocketOptions["onMessage"]): Promise<WebSocket>;
  /** Returns the same project, by this server alone. @param url of a member. */
  at(url: string): Cluster;
}

export type Method = "POST" | "PUT" | "PATCH" | "DELETE";
export type Query = Readonly<Record<string, string>>;

export interface ChangeOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: HttpsBody;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface RawOptions extends ChangeOptions {
  readonly maxBytes?: number;
}

const CALL_TIMEOUT_MS = 15_000;
const CHANGE_TIMEOUT_MS = 120_000;
/** For a change to be accepted, by a member that may be busy. */
const ACCEPT_TIMEOUT_MS = 45_000;
/** The server answers after this long even if the operation has not ended. */
const POLL_SECONDS = 10;
/** Time for an answer besides the time that it waits by our wish. */
const SLACK_MS = 10_000;
const SOCKET_TIMEOUT_MS = 8_000;

/** @param serverAt returns the server of a member, by its URL. */
export function clusterClient(
  https: HttpsClient,
  project: string,
  serverAt: (url: string) => HttpsClient,
): Cluster {
  const raw: Cluster["raw"] = async (method, path, options = {}) => {
    const { query, json, body, headers, timeoutMs = CALL_TIMEOUT_MS, maxBytes } = options;
    const answer = await https.request({
      ...{ method, path: withQuery(path, { project, ...query }), timeoutMs },
      ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
      headers: { ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
    if (answer.status >= 400) {
      readAnswer(what(method, path), answer.status, answer.body.toString());
    }
    return answer;
  };
  const what = (method: string, path: string) => `${method} ${https.name}${path}`;
  const call = async (method: Method | "GET", path: string, options: ChangeOptions): Promise<Answer> => {
    const { status, body } = await raw(method, path, options);
    return readAnswer(what(method, path), status, body.toString());
  };
  const finish: Cluster["finish"] = (operation, timeoutMs) =>
    waitFor(
      operation.path,
      timeoutMs,
      (path, query, ms) => get(path, query, ms),
      what("wait for", operation.path),
    );
  const get: Cluster["get"] = async (path, query = {}, timeoutMs = CALL_TIMEOUT_MS) => {
    const answer = await call("GET", path, { query, timeoutMs });
    return answer.type === "sync" ? answer.metadata : undefined;
  };
  return {
    ...{ project, name: https.name, get, finish, raw },
    change: async (method, path, options = {}) => {
      const { timeoutMs = CHANGE_TIMEOUT_MS } = options;
      const deadline = Date.now() + timeoutMs;
      // Only an upload takes long to be accepted. What it starts may take longer.
      const callMs = options.body === undefined ? Math.min(timeoutMs, ACCEPT_TIMEOUT_MS) : timeoutMs;
      const answer = await call(method, path, { ...options, timeoutMs: callMs });
      return answer.type === "sync" ? answer.metadata : finish(answer.operation, deadline - Date.now());
    },
    begin: async (method, path, options = {}) => {
      const answer = await call(method, path, options);
      if (answer.type === "sync") {
        throw new CommandError(what(method, path), undefined, "the server started no operation");
      }
      return answer.operation;
    },
    webSocket: (path, query, onMessage) =>
      https.webSocket(withQuery(path, { project, ...query }), { timeoutMs: SOCKET_TIMEOUT_MS, onMessage }),
    at: (url) => clusterClient(serverAt(url), project, serverAt),
  };
}

async function waitFor(
  path: string,
  timeoutMs: number,
  get: (path: string, query: Query, timeoutMs: number) => Promise<unknown>,
  what: string,
): Promise<unknown> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const seconds = Math.max(1, Math.min(POLL_SECONDS, Math.ceil((deadline - Date.now()) / 1000)));
    const waited = await get(`${path}/wait`, { timeout: `${seconds}` }, seconds * 1000 + SLACK_MS).catch(
      // Incus answers with this error if the operation has not ended.
      (error) => (hasStatus(error, 500) ? get(path, {}, SLACK_MS) : Promise.reject(error)),
    );
    const operation = fieldsOf(waited);
    // 1xx: it runs. 200: success. Others: failure, or cancelled.
    const code = numberOf(operation.status_code, 0);
    if (code === 200) {
      return operation.metadata;
    }
    if (code >= 400) {
      throw new ClusterError(what, code, textOf(operation.err, "") || textOf(operation.status, "failed"));
    }
    if (Date.now() >= deadline) {
      const why = `not finished within ${Math.round(timeoutMs / 1000)} s`;
      throw new CommandError(what, undefined, why, undefined, { timedOut: true });
    }
  }
}

function withQuery(path: string, query: Query): string {
  return `${path}?${new URLSearchParams(query)}`;
}

/** Returns a path of the API with these names in it, none of which can be more than one part of it. */
export function apiPath(...names: readonly string[]): string {
  return `/1.0/${names.map(encodeURIComponent).join("/")}`;
}
