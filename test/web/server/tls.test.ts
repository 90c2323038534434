import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ensureCertificate } from "../../../src/bmc/redfish/certificate.ts";
import { describeError } from "../../../src/cli/report-error.ts";
import { parseListen } from "../../../src/system/listen-address.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { makeGate } from "../../../src/web/access/gate.ts";
import { hostNames } from "../../../src/web/access/host-names.ts";
import { apiRoutes } from "../../../src/web/api/routes.ts";
import { serveWeb, type WebServer } from "../../../src/web/server/serve.ts";
import { makeWork } from "../../../src/web/watch/work.ts";
import { socketStatus, TOKEN } from "../served.ts";

// A server with TLS, as for other hosts.

let folder = "";
let tls: { key: string; certificate: string };
let server: WebServer;
const stopping = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-tls-"));
  tls = await ensureCertificate(localHost(), folder, { name: "lab", address: "127.0.0.1" });
  const listen = parseListen("127.0.0.1:0");
  const lab = () => Promise.reject(new Error("not asked for"));
  server = await serveWeb({
    listen,
    tls,
    files: new Map(),
    routes: apiRoutes(),
    describe: describeError,
    services: (port) => ({
      lab,
      power: { up: lab, down: lab },
      watcher: { states: () => Promise.reject(new Error("not asked for")) as never, hurry: () => {} },
      work: makeWork(),
      onWarning: () => {},
      gate: makeGate({
        token: TOKEN,
        scheme: "https",
        hosts: hostNames({ ...listen, port }, []),
        cookie: "c",
      }),
      ended: stopping.signal,
    }),
  });
});

afterAll(async () => {
  stopping.abort();
  await server.closed;
  await rm(folder, { recursive: true });
});

function login(origin: string): Promise<{ readonly status: number; readonly cookie: string }> {
  const body = JSON.stringify({ token: TOKEN });
  const headers = { "content-type": "application/json", "content-length": body.length, origin };
  const target = { host: "127.0.0.1", port: server.port, ca: tls.certificate, agent: false, headers };
  return new Promise((resolve, reject) => {
    const sent = request({ ...target, method: "POST", path: "/api/v1/session" }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, cookie: response.headers["set-cookie"]?.[0] ?? "" });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

it("gives a cookie that is sent over TLS only, to pages that came over TLS", async () => {
  const { status, cookie } = await login(`https://127.0.0.1:${server.port}`);
  expect([status, cookie.endsWith("; Secure")]).toEqual([204, true]);
  expect((await login(`http://127.0.0.1:${server.port}`)).status).toBe(403);
});

it("has WebSockets for those pages", async () => {
  const origin = `https://127.0.0.1:${server.port}`;
  const cookie = (await login(origin)).cookie.split(";")[0] ?? "";
  const open = (own: string) =>
    new WebSocket(`wss://127.0.0.1:${server.port}/api/v1/nodes/leaf1/exec`, {
      ca: tls.certificate,
      headers: { cookie, origin: own },
    });
  expect(await socketStatus(open(origin))).toBe(101);
  expect(await socketStatus(open(origin.replace("https", "http")))).toBe(403);
});
