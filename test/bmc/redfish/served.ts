import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { ensureCertificate } from "../../../src/bmc/redfish/certificate.ts";
import { LIMITS, type Limits, serveRedfish } from "../../../src/bmc/redfish/serve.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { access, facts, type MemoryMachine } from "./machine.ts";

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A service that runs, and clients of it that trust its certificate only. */
export interface Served {
  readonly port: number;
  /** Sends a request with basic authentication, on a connection of its own. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Received>;
  /** Opens a connection, for requests byte by byte. */
  open(options?: ConnectionOptions & { readonly localAddress?: string }): TLSSocket;
  stop(): void;
}

export const BASIC = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString("base64")}`;

/** Serves a machine on 127.0.0.1, by default on a free port. */
export async function serve(
  machine: MemoryMachine,
  limits: Partial<Limits> = {},
  wantedPort?: number,
): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-redfish-"));
  const tls = await ensureCertificate(localHost(), folder, { name: facts.name, address: "127.0.0.1" });
  await rm(folder, { recursive: true });
  const port = wantedPort ?? (await freePort());
  const stopping = new AbortController();
  const bmc = { facts, access, tls, socket: { address: "127.0.0.1", port } };
  await serveRedfish(bmc, machine.control, stopping.signal, { ...LIMITS, ...limits });
  const target = { host: "127.0.0.1", port, ca: tls.certificate };
  return {
    port,
    send: (method, path, body, headers = {}) => exchange({ ...target, method, path, headers }, body),
    open: (options = {}) => connect({ ...target, ...options }).on("error", () => {}),
    stop: () => stopping.abort(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function exchange(
  { headers, ...target }: { headers: Record<string, string>; method: string; path: string; port: number },
  body: unknown,
): Promise<Received> {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const all = {
    ...("x-auth-token" in headers ? {} : { authorization: BASIC }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    "content-length": Buffer.byteLength(text),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ ...target, headers: all, agent: false }, async (response) => {
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

/** Returns all that a connection receives until it ends in any way. */
export function received(socket: TLSSocket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => socket.on("close", () => resolve(text)));
}
