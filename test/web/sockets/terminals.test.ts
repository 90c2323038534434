import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Machines } from "../../../src/nodes/machines.ts";
import { attachConsole } from "../../../src/qemu/console.ts";
import { type Served, serve } from "../served.ts";

// A backend whose switches' serial consoles are a unix socket, as QEMU's, and whose programs are those of this host.

let folder = "";
let serial: Server;
let web: Served;
const connected: Socket[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikvswitch-serial-"));
  const path = join(folder, "serial.sock");
  serial = createServer((client) => {
    connected.push(client.on("error", () => {}));
    client.write("leaf1 login: ");
    client.on("data", (data) => client.write(String(data).toUpperCase()));
  });
  await once(serial.listen(path), "listening");
  web = await serve({
    backend: (own) => ({
      ...own,
      nodes: async (...words) => running(await own.nodes(...words)),
      console: { attach: (host, _runDir, _name, terminal) => attachConsole(host, path, terminal) },
    }),
  });
});

afterAll(async () => {
  await web.stop();
  await once(serial.close(), "close");
  await rm(folder, { recursive: true });
});

function running(own: Machines): Machines {
  return {
    ...own,
    power: async () => ({ power: "on", pid: process.pid, uptimeSeconds: 1 }),
    stream: async (_node, { args }, { output, interrupted }) => {
      // Ends only by its signal.
      await output(Buffer.from(args.join(" ")), "stdout");
      await once(interrupted, "abort");
      throw interrupted.reason;
    },
  };
}

const OPEN = { kind: "open", rows: 24, columns: 80 };

async function opened(path: string, open: object = OPEN) {
  const socket = web.socket(path);
  await once(socket, "open");
  socket.send(JSON.stringify(open));
  return socket;
}

it("a serial console shows what comes, and takes what is typed", async () => {
  const socket = await opened("/api/v1/nodes/leaf1/console");
  const [prompt] = await once(socket, "message");
  socket.send(Buffer.from("root\r"));
  const [echo] = await once(socket, "message");
  expect([String(prompt), String(echo)]).toEqual(["leaf1 login: ", "ROOT\r"]);
  // Its socket is free for the next client when this one has gone.
  const [client] = connected;
  const left = client === undefined ? Promise.reject(new Error("no client")) : once(client, "close");
  socket.close();
  await left;
});

it("a serial console ends with its machine, and says so", async () => {
  const socket = await opened("/api/v1/nodes/leaf1/console");
  await once(socket, "message");
  connected.at(-1)?.destroy();
  const [end] = await once(socket, "message");
  expect(JSON.parse(String(end))).toEqual({ kind: "end", exitCode: null, reason: null });
  await once(socket, "close");
});

it("a program gets its words without a shell", async () => {
  const words = ["printf", "$HOME; `id`", ""];
  const socket = await opened("/api/v1/nodes/leaf1/exec", { ...OPEN, command: words });
  const [shown] = await once(socket, "message");
  expect(String(shown)).toBe(["--", ...words].join(" "));
  socket.close();
});

it("the program of a console is asked to end when its client leaves", async () => {
  const ended: unknown[] = [];
  const own = await serve({
    backend: (found) => ({
      ...found,
      nodes: async (...given) => ({
        ...running(await found.nodes(...given)),
        stream: async (_node, _command, { output, interrupted }) => {
          await output(Buffer.from("ready"), "stdout");
          await once(interrupted, "abort");
          ended.push("asked");
          return 130;
        },
      }),
    }),
  });
  const socket = own.socket("/api/v1/nodes/leaf1/exec");
  await once(socket, "open");
  socket.send(JSON.stringify(OPEN));
  await once(socket, "message");
  socket.terminate();
  // The server waits for it.
  await own.stop();
  expect(ended).toEqual(["asked"]);
});
