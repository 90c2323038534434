import { once } from "node:events";
import { connect as connectPlain } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveRedfish } from "../../../src/bmc/redfish/serve.ts";
import { access, facts, memoryMachine } from "./machine.ts";
import { BASIC, received, type Served, serve } from "./served.ts";

const SYSTEM = "/redfish/v1/Systems/web1";
const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;
const SESSIONS = "/redfish/v1/SessionService/Sessions";

describe("the server", () => {
  const machine = memoryMachine();
  let served: Served;
  beforeAll(async () => {
    served = await serve(machine);
  });
  afterAll(() => served.stop());

  /** What every refusal must leave behind. */
  async function expectHealthy() {
    expect((await served.send("GET", SYSTEM)).status).toBe(200);
  }

  it("carries out what it is asked for", async () => {
    expect((await served.send("POST", RESET, { ResetType: "On" })).status).toBe(204);
    expect(JSON.parse((await served.send("GET", SYSTEM)).text)).toMatchObject({ PowerState: "On" });
    const patched = await served.send("PATCH", SYSTEM, { Boot: { BootSourceOverrideTarget: "Pxe" } });
    expect(JSON.parse(patched.text)).toMatchObject({ Boot: { BootSourceOverrideEnabled: "Once" } });
    expect(machine.log).toEqual(["powerOn", "setOverride"]);
  });

  it("answers HEAD without content", async () => {
    const { status, text, headers } = await served.send("HEAD", SYSTEM);
    expect([status, text]).toEqual([200, ""]);
    expect(Number(headers["content-length"])).toBeGreaterThan(100);
  });

  it("refuses a token whose session was deleted", async () => {
    const login = { UserName: "admin", Password: "open sesame" };
    const { headers } = await served.send("POST", SESSIONS, login);
    const token = { "x-auth-token": String(headers["x-auth-token"]) };
    expect((await served.send("GET", SYSTEM, undefined, token)).status).toBe(200);
    expect((await served.send("DELETE", String(headers.location), undefined, token)).status).toBe(204);
    expect((await served.send("GET", SYSTEM, undefined, token)).status).toBe(401);
  });

  it("slows down guesses of the password", async () => {
    const authorization = `Basic ${Buffer.from("admin:guess").toString("base64")}`;
    const start = performance.now();
    for (let count = 0; count < 3; count++) {
      const { status, headers } = await served.send("GET", SYSTEM, undefined, { authorization });
      expect([status, headers["www-authenticate"]]).toEqual([401, 'Basic realm="Redfish"']);
    }
    expect(performance.now() - start).toBeGreaterThan(900);
    await expectHealthy();
  });

  it("refuses a body of more than 64 KiB", async () => {
    expect((await served.send("POST", RESET, "x".repeat(65_537))).status).toBe(413);
    await expectHealthy();
  });

  it("reads no endless body", async () => {
    const socket = served.open();
    socket.write("POST /redfish/v1/Systems HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
    const more = setInterval(() => socket.write(Buffer.alloc(100_000)), 5);
    // The answer may be lost, since the client still sends.
    expect(await received(socket)).toMatch(/^(HTTP\/1.1 413 |$)/);
    clearInterval(more);
    await expectHealthy();
  });

  it("takes a body of 64 KiB", async () => {
    const body = JSON.stringify({ ResetType: "On", x: "" });
    const padded = body.replace('""', `"${"y".repeat(65_536 - body.length)}"`);
    expect((await served.send("POST", RESET, padded)).status).toBe(400);
  });

  it.each([
    ["headers that are too large", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(20_000)}\r\n\r\n`, "431"],
    ["what is not HTTP", "GET nonsense\r\n\r\n", "400"],
    ["what is not even text", "\0\x01\x02 nonsense\r\n\r\n", "501"],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"],
    [
      "a length and chunks",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "400",
    ],
    ["a damaged chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx", "400"],
    ["an unknown method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "501"],
  ])("refuses %s", async (_, text, status) => {
    const socket = served.open();
    socket.write(text);
    const [head = "", body = ""] = (await received(socket)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Z]`));
    expect(head).toContain("OData-Version: 4.0\r\n");
    expect(JSON.parse(body)).toMatchObject({
      error: {
        code: expect.stringMatching(/^Base\.1\.16\./),
        "@Message.ExtendedInfo": [{ MessageArgs: [] }],
      },
    });
    await expectHealthy();
  });

  it("does not answer a request with the refusal of the next, which it can't read", async () => {
    const { power } = machine.control;
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    machine.control.power = () => held.then(power);
    const socket = served.open();
    socket.write(
      `GET ${SYSTEM} HTTP/1.1\r\nHost: x\r\nAuthorization: ${BASIC}\r\n\r\nBREW / HTTP/1.1\r\n\r\n`,
    );
    expect(await received(socket)).toBe("");
    finish();
    machine.control.power = power;
    await expectHealthy();
  });

  it("closes connections that don't speak TLS, or only an old one", async () => {
    const plain = connectPlain(served.port, "127.0.0.1").on("error", () => {});
    plain.end("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(plain, "close");
    const old = served.open({ maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" });
    expect(await received(old)).toBe("");
    await expectHealthy();
  });

  it("answers requests that are sent together, in their order", async () => {
    const socket = served.open();
    const requestOf = (path: string, more = "") =>
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${BASIC}\r\n${more}\r\n`;
    socket.write(requestOf(SYSTEM) + requestOf("/nothing", "Connection: close\r\n"));
    const statuses = [...(await received(socket)).matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(["200", "404"]);
  });

  it("answers within two seconds while a slow operation goes on", async () => {
    let finish = () => {};
    const slow = memoryMachine();
    const powerOn = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    const other = await serve(Object.assign(slow, { control: { ...slow.control, powerOn } }));
    const start = performance.now();
    expect((await other.send("POST", RESET, { ResetType: "On" })).status).toBe(204);
    expect(performance.now() - start).toBeGreaterThan(1_900);
    finish();
    other.stop();
  });
});

/** Waits for the handshake; false if the server closes the connection. */
function isOpened(socket: TLSSocket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.on("secureConnect", () => resolve(true));
    socket.on("close", () => resolve(false));
  });
}

describe("a server with little room", () => {
  it("tells connections beyond its limit that it is busy, and closes those beyond that", async () => {
    const served = await serve(memoryMachine(), { connections: 2, refusedConnections: 3 });
    const kept = [served.open(), served.open()];
    await Promise.all(kept.map((socket) => once(socket, "secureConnect")));
    const answer = await served.send("GET", SYSTEM);
    expect([answer.status, answer.headers["retry-after"], answer.headers.connection]).toEqual([
      503,
      "5",
      "close",
    ]);
    // The server may take a moment to close the connection of that request.
    const opened: TLSSocket[] = [];
    await expect
      .poll(async () => {
        const socket = served.open();
        opened.push(socket);
        return isOpened(socket);
      })
      .toBe(true);
    expect(await received(served.open())).toBe("");
    for (const socket of [...kept, ...opened]) {
      socket.destroy();
    }
    await expect.poll(async () => (await served.send("GET", SYSTEM)).status).toBe(200);
    served.stop();
  });

  it("closes connections beyond those that one address may have, and serves others", async () => {
    const served = await serve(memoryMachine(), { connectionsOfAddress: 2 });
    const kept = [served.open(), served.open()];
    await Promise.all(kept.map((socket) => once(socket, "secureConnect")));
    expect(await isOpened(served.open())).toBe(false);
    const other = served.open({ localAddress: "127.0.0.2" });
    expect(await isOpened(other)).toBe(true);
    for (const socket of [...kept, other]) {
      socket.destroy();
    }
    await expect.poll(() => served.send("GET", SYSTEM).catch(String)).toMatchObject({ status: 200 });
    served.stop();
  });

  it("works on a limited number of requests", async () => {
    const machine = memoryMachine();
    let finish = () => {};
    const held = new Promise<"on">((resolve) => {
      finish = () => resolve("on");
    });
    const served = await serve(
      Object.assign(machine, { control: { ...machine.control, power: () => held } }),
      {
        requests: 2,
      },
    );
    const waiting = [served.send("GET", SYSTEM), served.send("GET", SYSTEM)];
    await expect.poll(async () => (await served.send("GET", "/redfish")).status).toBe(503);
    finish();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    served.stop();
  });

  it("waits for no slow client", async () => {
    const timeouts = {
      handshakeTimeoutMs: 2_000,
      headersTimeoutMs: 1_000,
      requestTimeoutMs: 1_500,
      idleTimeoutMs: 500,
    };
    const served = await serve(memoryMachine(), timeouts);
    const silent = connectPlain(served.port, "127.0.0.1").on("error", () => {});
    const idle = served.open();
    const slow = served.open();
    slow.write("GET /redfish HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    const half = served.open();
    half.write(`POST ${RESET} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`);
    const used = served.open();
    used.write("GET /redfish HTTP/1.1\r\nHost: x\r\n\r\n");
    const [, , slowly, halfway, usedOnce] = await Promise.all([
      once(silent.resume(), "close"),
      received(idle),
      received(slow),
      received(half),
      received(used),
    ]);
    expect(slowly).toMatch(/^HTTP\/1.1 408 /);
    expect(halfway).toMatch(/^HTTP\/1.1 408 /);
    expect(usedOnce).toMatch(/^HTTP\/1.1 200 /);
    served.stop();
  });
});

describe("the end of a service", () => {
  it("closes all connections and frees the port", async () => {
    const served = await serve(memoryMachine());
    const plain = connectPlain(served.port, "127.0.0.1").on("error", () => {});
    const idle = served.open();
    await Promise.all([once(plain, "connect"), once(idle, "secureConnect")]);
    served.stop();
    await Promise.all([once(plain.resume(), "close"), received(idle)]);
    await expect(served.send("GET", "/redfish")).rejects.toThrow("ECONNREFUSED");
  });

  it("leaves the port to the next one, which can't have it before", async () => {
    const served = await serve(memoryMachine());
    await expect(serve(memoryMachine(), {}, served.port)).rejects.toThrow("EADDRINUSE");
    expect((await served.send("GET", "/redfish")).status).toBe(200);
    served.stop();
    const next = await serve(memoryMachine(), {}, served.port);
    expect((await next.send("GET", "/redfish")).status).toBe(200);
    next.stop();
  });

  it("can come before its beginning", async () => {
    const bmc = {
      facts,
      access,
      tls: { key: "", certificate: "" },
      socket: { address: "127.0.0.1", port: 1 },
    };
    await expect(serveRedfish(bmc, memoryMachine().control, AbortSignal.abort())).rejects.toThrow("aborted");
  });
});
