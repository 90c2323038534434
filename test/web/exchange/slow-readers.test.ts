import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { sendAnswer } from "../../../src/web/exchange/answer.ts";
import { send } from "../../../src/web/sockets/send.ts";

/** More than the kernel takes for a reader that does not read. */
const CHUNK = Buffer.alloc(1024 * 1024);
const STALLED_MS = 100;

describe("a reader that takes nothing", () => {
  it("of a stream is cut off, and what it would have got is ended", async () => {
    let isEnded = false;
    async function* endless() {
      try {
        for (;;) {
          yield CHUNK;
        }
      } finally {
        isEnded = true;
      }
    }
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
    client.on("error", () => {});
    client.write("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    const [, response] = await once(server, "request");
    await sendAnswer(response, { kind: "stream", type: "text/plain", chunks: endless() }, STALLED_MS);
    expect([isEnded, response.destroyed]).toEqual([true, true]);
    client.destroy();
    await once(server.close(), "close");
  });

  it("of a document is cut off", async () => {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
    client.on("error", () => {});
    client.write("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    const [, response] = await once(server, "request");
    const closed = once(response, "close");
    const body = "x".repeat(32 * 1024 * 1024);
    await sendAnswer(response, { kind: "json", body }, STALLED_MS);
    await closed;
    let received = 0;
    client.on("data", (data) => {
      received += data.length;
    });
    const ended = once(client, "close");
    client.resume();
    await ended;
    expect(received).toBeLessThan(body.length);
    await once(server.close(), "close");
  });

  it("of a WebSocket is cut off", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    client.on("error", () => {});
    const [[socket]] = await Promise.all([once(server, "connection"), once(client, "open")]);
    client.pause();
    while (socket.readyState === WebSocket.OPEN) {
      await send(socket, CHUNK, STALLED_MS);
    }
    client.terminate();
    server.close();
  });

  it("of a WebSocket is cut off at once if too much waits for it", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    client.on("error", () => {});
    const [[socket]] = await Promise.all([once(server, "connection"), once(client, "open")]);
    client.pause();
    const closed = once(socket, "close");
    for (let sent = 0; sent < 64 && socket.readyState === WebSocket.OPEN; sent += 1) {
      void send(socket, CHUNK);
    }
    expect(socket.readyState).not.toBe(WebSocket.OPEN);
    await closed;
    client.terminate();
    server.close();
  });
});
