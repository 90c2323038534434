import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { pollUntil } from "../../../src/system/poll.ts";
import { type Served, serve, socketStatus, TOKEN } from "../served.ts";

let web: Served;

beforeAll(async () => {
  web = await serve();
});

afterAll(() => web.stop());

const EXEC = "/api/v1/nodes/leaf1/exec";
const OPEN = JSON.stringify({ kind: "open", rows: 24, columns: 80 });

async function cookie(): Promise<string> {
  const { headers } = await web.send("POST", "/api/v1/session", { token: TOKEN });
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

/** Returns the last text message before the end, and the code of the end. */
async function endOf(socket: WebSocket): Promise<{ readonly text: string; readonly code: number }> {
  let text = "";
  socket.on("message", (data) => {
    text = String(data);
  });
  const [code] = (await once(socket, "close")) as [number];
  return { text, code };
}

describe("a WebSocket", () => {
  it("opens with the token, and for a page with the cookie and its Origin", async () => {
    expect(await socketStatus(web.socket(EXEC))).toBe(101);
    const page = { authorization: undefined, cookie: await cookie(), origin: web.url };
    expect(await socketStatus(web.socket(EXEC, page))).toBe(101);
  });

  it("is refused without them, from other pages, and for other hosts", async () => {
    const status = async (headers: Record<string, string | undefined>) =>
      socketStatus(web.socket(EXEC, headers));
    const own = { authorization: undefined, cookie: await cookie() };
    expect(await status({ authorization: undefined })).toBe(401);
    expect(await status({ authorization: `Bearer ${TOKEN}x` })).toBe(401);
    expect(await status(own)).toBe(403);
    expect(await status({ ...own, origin: "https://evil.example" })).toBe(403);
    expect(await status({ ...own, origin: `http://localhost:${web.port}` })).toBe(403);
    expect(await status({ origin: "null" })).toBe(403);
    expect(
      await status({ host: `evil.example:${web.port}`, origin: `http://evil.example:${web.port}` }),
    ).toBe(421);
  });

  it("is refused for paths that have none", async () => {
    for (const path of ["/", "/api/v1/plan", "/api/v1/nodes/leaf1/power", "/api/v1/nodes/a%2fb/exec"]) {
      expect(await socketStatus(web.socket(path))).toBe(404);
    }
  });

  it("starts nothing before its first message, which has to be the right one", async () => {
    for (const message of [
      "",
      "{",
      "[]",
      '{"kind":"resize","rows":24,"columns":80}',
      OPEN.replace("80", "0"),
    ]) {
      const socket = web.socket(EXEC);
      await once(socket, "open");
      socket.send(message);
      expect((await endOf(socket)).code).toBe(1008);
    }
    const typing = web.socket(EXEC);
    await once(typing, "open");
    typing.send(Buffer.from("typed too early"));
    expect((await endOf(typing)).code).toBe(1008);
  });

  it("tells why a switch has no console now", async () => {
    for (const [node, reason] of [
      ["leaf1", "leaf1 is off"],
      ["leaf9", "unknown switch: leaf9"],
    ]) {
      for (const kind of ["exec", "ssh", "console"]) {
        const socket = web.socket(`/api/v1/nodes/${node}/${kind}`);
        await once(socket, "open");
        socket.send(OPEN);
        const { text, code } = await endOf(socket);
        expect([JSON.parse(text), code]).toEqual([{ kind: "end", exitCode: null, reason }, 1000]);
      }
    }
  });

  it("tells that there is no such VM", async () => {
    for (const kind of ["ssh", "console"]) {
      const socket = web.socket(`/api/v1/vms/server1/${kind}`);
      await once(socket, "open");
      socket.send(OPEN);
      expect(JSON.parse((await endOf(socket)).text).reason).toBe("no VM server1");
    }
    expect((await endOf(web.socket("/api/v1/vms/server1/vnc"))).code).toBe(1011);
    expect(await socketStatus(web.socket("/api/v1/vms/..%2f..%2fetc/console"))).toBe(404);
  });

  it("is closed for a message that is larger than any of ours", async () => {
    const socket = web.socket(EXEC);
    await once(socket, "open");
    socket.send("x".repeat(1024 * 1024 + 1));
    expect((await endOf(socket)).code).toBe(1009);
  });

  it("carries the states of the fabric", async () => {
    const socket = web.socket("/api/v1/watch");
    const [data] = await once(socket, "message");
    expect(JSON.parse(String(data))).toMatchObject({ kind: "state", state: { running: false } });
    socket.terminate();
  });

  it("carries VNC, both ways", async () => {
    const vnc = createServer((client) => {
      client.write("RFB 003.008\n");
      client.on("data", (data) => client.write(`heard ${data}`));
      client.on("error", () => {});
    });
    vnc.listen(0, "127.0.0.1");
    await once(vnc, "listening");
    const own = await serve({ vncPort: (vnc.address() as { port: number }).port });
    const socket = own.socket("/api/v1/nodes/leaf1/vnc");
    const [greeting] = await once(socket, "message");
    socket.send(Buffer.from("hello"));
    const [answer] = await once(socket, "message");
    expect([String(greeting), String(answer)]).toEqual(["RFB 003.008\n", "heard hello"]);
    await own.stop();
    await once(vnc.close(), "close");
  });
});

describe("WebSockets", () => {
  it("are limited in number, and others can be opened when some have been closed", async () => {
    const own = await serve();
    const open = Array.from({ length: 48 }, () => own.socket(EXEC));
    expect(new Set(await Promise.all(open.map(socketStatus)))).toEqual(new Set([101]));
    expect(await socketStatus(own.socket(EXEC))).toBe(503);
    open[0]?.close();
    // The client may see the end before the server does.
    await pollUntil({ what: "a place", timeoutMs: 10_000, intervalMs: 10 }, async () => {
      const status = await socketStatus(own.socket(EXEC));
      return status === 101 ? { done: true, value: undefined } : { done: false, seen: `${status}` };
    });
    await own.stop();
  });
});

describe("a server that ends", () => {
  it("closes its WebSockets and streams", async () => {
    const own = await serve();
    const socket = own.socket("/api/v1/watch");
    await once(socket, "message");
    const stream = await fetch(`${own.url}/api/v1/watch`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const closed = once(socket, "close");
    await own.stop();
    await closed;
    expect(await stream.text().catch(() => "cut off")).toMatch(/^event: state|^cut off$/);
    await expect(fetch(own.url)).rejects.toThrow();
  });
});
