import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Server as TcpServer } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { ensureIdentity } from "../../../src/incus/identity.ts";
import { httpsClient } from "../../../src/system/https/client.ts";
import { fingerprintOf } from "../../../src/system/https/connect.ts";
import type { ClientIdentity } from "../../../src/system/https/server.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
let folder: string;
let identity: ClientIdentity;
let server: Server;
let silent: TcpServer;
const requests: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-https-"));
  identity = await ensureIdentity(host, folder);
  server = createServer(
    { key: identity.key, cert: identity.certificate, requestCert: true, rejectUnauthorized: false },
    async (request, response) => {
      requests.push(request.url ?? "");
      let body = "";
      for await (const chunk of request) {
        body += chunk;
      }
      if (request.url === "/never") {
        return;
      }
      const socket = request.socket as unknown as { getPeerX509Certificate(): { fingerprint256: string } };
      response.statusCode = request.url === "/missing" ? 404 : 200;
      response.setHeader("x-peer", socket.getPeerX509Certificate()?.fingerprint256 ?? "none");
      response.end(request.url === "/large" ? "x".repeat(2000) : `${request.method} ${body}`);
    },
  );
  new WebSocketServer({ server, path: "/socket" }).on("connection", (socket) => {
    socket.send("at once");
    socket.on("message", (data) => socket.send(data));
  });
  // It accepts connections, and says nothing, like a host that is frozen.
  silent = createTcpServer(() => {});
  server.listen(0, "127.0.0.1");
  silent.listen(0, "127.0.0.1");
  await Promise.all([once(server, "listening"), once(silent, "listening")]);
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  silent.close();
  await host.remove(folder);
});

const addressOf = (listening: { address(): unknown }) => ({
  host: "127.0.0.1",
  port: (listening.address() as AddressInfo).port,
});

function client(
  changes: {
    readonly fingerprint?: string;
    readonly addresses?: readonly ReturnType<typeof addressOf>[];
  } = {},
) {
  const fingerprint = fingerprintOf(identity.certificate);
  return httpsClient({ addresses: [addressOf(server)], fingerprint, identity, ...changes });
}

const GET = { method: "GET", timeoutMs: 10_000 } as const;

it("a request has its body, and the server knows our certificate", async () => {
  const answer = await client().request({ ...GET, method: "POST", path: "/a?b=c", body: "text" });
  expect(answer.status).toBe(200);
  expect(answer.body.toString()).toBe("POST text");
  expect(answer.headers["x-peer"]?.replaceAll(":", "").toLowerCase()).toBe(
    fingerprintOf(identity.certificate),
  );
});

it("an answer of any status is a result", async () => {
  expect((await client().request({ ...GET, path: "/missing" })).status).toBe(404);
});

it("a server with another certificate gets no request", async () => {
  requests.length = 0;
  const wrong = client({ fingerprint: "0".repeat(64) });
  await expect(wrong.request({ ...GET, path: "/" })).rejects.toThrow(
    /another certificate than the one we trust/,
  );
  expect(requests).toEqual([]);
});

it("the next address is taken where one does not answer", async () => {
  const addresses = [addressOf(silent), { host: "127.0.0.1", port: 1 }, addressOf(server)];
  expect((await client({ addresses }).request({ ...GET, path: "/" })).status).toBe(200);
});

it("an address that did not answer is not tried first again, even by another client", async () => {
  const lost = new Map<string, number>();
  const addresses = [addressOf(silent), addressOf(server)];
  const fingerprint = fingerprintOf(identity.certificate);
  let tries = 0;
  silent.on("connection", () => {
    tries += 1;
  });
  for (const _ of [1, 2]) {
    const another = httpsClient({ addresses, fingerprint, identity }, undefined, lost);
    expect((await another.request({ ...GET, path: "/" })).status).toBe(200);
  }
  expect(tries).toBe(1);
});

it("the message names every address if none answers", async () => {
  const addresses = [
    { host: "127.0.0.1", port: 1 },
    { host: "127.0.0.1", port: 2 },
  ];
  await expect(client({ addresses }).request({ ...GET, path: "/" })).rejects.toThrow(
    /127\.0\.0\.1:1: .*ECONNREFUSED.*\n.*127\.0\.0\.1:2: .*ECONNREFUSED/,
  );
});

it("a request without an answer ends at its time limit", async () => {
  await expect(client().request({ ...GET, path: "/never", timeoutMs: 300 })).rejects.toThrow(
    "no answer within 0.3 s",
  );
});

it("an answer that is too large is an error", async () => {
  await expect(client().request({ ...GET, path: "/large", maxBytes: 1000 })).rejects.toThrow(
    "more than 1000 bytes",
  );
});

it("an interrupt ends a request with its reason", async () => {
  const interruption = new AbortController();
  const server = { addresses: [addressOf(silent)], fingerprint: "" };
  const request = httpsClient(server, interruption.signal).request({ ...GET, path: "/" });
  interruption.abort(new Error("interrupted by the test"));
  await expect(request).rejects.toThrow("interrupted by the test");
});

it("a WebSocket's first message is not lost, and messages go both ways", async () => {
  const messages: string[] = [];
  let more = () => {};
  const socket = await client().webSocket("/socket", {
    timeoutMs: 10_000,
    onMessage: (data) => {
      messages.push(data.toString());
      more();
    },
  });
  const echoed = new Promise<void>((resolve) => {
    more = () => messages.length === 2 && resolve();
  });
  socket.send("there and back");
  await echoed;
  expect(messages).toEqual(["at once", "there and back"]);
  socket.terminate();
});

it("a refused WebSocket is an error that hides its secret", async () => {
  const opening = client().webSocket("/other?secret=abc&x=1", { timeoutMs: 10_000, onMessage: () => {} });
  await expect(opening).rejects.toThrow(/\/other\?secret=\.\.\.&x=1/);
});
