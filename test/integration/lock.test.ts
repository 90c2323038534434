import { afterEach, beforeEach, expect, it } from "vitest";
import { createNamespace, ikvswitchArguments, type Namespace, type Started } from "./namespace.ts";

let host: Namespace;

beforeEach(async () => {
  host = await createNamespace();
});

afterEach(() => host.close());

/** When it has said that, on either of its streams. */
function says(program: Started, text: string): Promise<void> {
  let said = "";
  return new Promise((resolve) => {
    program.watch((piece) => {
      said += piece;
      if (said.includes(text)) {
        resolve();
      }
    });
  });
}

/** Somebody who works on that network, and does not finish. */
async function holdLock(): Promise<Started> {
  const script = `
    const server = require("node:net").createServer((socket) => socket.end("pid 7, ikvswitch up"));
    server.listen("\\0ikvswitch-lock", () => console.log("locked"));`;
  const holder = host.start(process.execPath, ["-e", script]);
  await says(holder, "locked");
  return holder;
}

it("who waits for another ikvswitch is told for whom, and waits no longer after Ctrl-C", async () => {
  const holder = await holdLock();
  const waiting = host.start(process.execPath, ikvswitchArguments(["stop"]));
  await says(waiting, "Waiting for another ikvswitch to finish (pid 7, ikvswitch up).");
  waiting.kill("SIGINT");
  const { exitCode, stderr } = await waiting.output;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/Interrupted\.\n$/);
  holder.kill("SIGKILL");
  await holder.output;
});

it("who waits for another ikvswitch goes on as soon as that has ended, however it did", async () => {
  const holder = await holdLock();
  const waiting = host.start(process.execPath, ikvswitchArguments(["stop"]));
  await says(waiting, "Waiting for another ikvswitch");
  holder.kill("SIGKILL");
  expect(await waiting.output).toMatchObject({ exitCode: 0 });
});
