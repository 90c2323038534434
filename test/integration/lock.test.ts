import { afterEach, beforeEach, expect, it } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { createNamespace, ikvswitch, ikvswitchArguments, type Namespace, type Started } from "./namespace.ts";

let host: Namespace;
let folder: string;

beforeEach(async () => {
  host = await createNamespace();
  folder = `/run/ikvswitch-lock-${(await host.run("stat", ["-Lc", "%i", "/proc/self/ns/net"])).stdout.trim()}`;
});

afterEach(() => host.close());

/** Resolves when the program has printed this text on either stream. */
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

/** Starts a program that holds the lock of the network until it is killed. */
async function holdLock(holder = "pid 7, ikvswitch up"): Promise<Started> {
  const script =
    'mkdir -m 0700 "$0"; printf %s "$1" >"$0/holder"; exec flock --no-fork "$0" sh -c "echo locked; exec sleep 60"';
  const started = host.start("sh", ["-c", script, folder, holder]);
  await says(started, "locked");
  return started;
}

const stop = () => host.start(process.execPath, ikvswitchArguments(["stop"]));
const lockFolders = async () => (await host.shell("ls -d /run/ikvswitch-lock* 2>/dev/null || true")).stdout;

it("a command that waits for another ikvswitch names its process, and stops waiting after Ctrl-C", async () => {
  const holder = await holdLock();
  const waiting = stop();
  await says(waiting, "Waiting for another ikvswitch process (pid 7, ikvswitch up).");
  waiting.kill("SIGINT");
  const { exitCode, stderr } = await waiting.output;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/Interrupted\.\n$/);
  holder.kill("SIGKILL");
  await holder.output;
});

it("the name of the lock's holder is printed escaped and limited in length", async () => {
  const holder = await holdLock(`\u001b]0;owned\u0007${"x".repeat(100_000)}`);
  const waiting = stop();
  await says(waiting, "Waiting for another ikvswitch");
  waiting.kill("SIGINT");
  const { stderr } = await waiting.output;
  expect(stderr).toContain("(\\u001b]0;owned\\u0007xxx");
  expect(stderr.length).toBeLessThan(1_000);
  holder.kill("SIGKILL");
  await holder.output;
});

it("a command that waits for another ikvswitch continues once that was killed, and leaves no lock", async () => {
  const holder = await holdLock();
  const waiting = stop();
  await says(waiting, "Waiting for another ikvswitch");
  holder.kill("SIGKILL");
  expect(await waiting.output).toMatchObject({ exitCode: 0 });
  expect(await lockFolders()).toBe("");
});

it("the lock belongs to its network while it is held, and only root can take it", async () => {
  // `start` reads its configuration before it takes the lock, and runs this `ip` after that.
  await host.shell(`
    mkdir -p /run/programs && cd /run/programs
    printf '#!/bin/sh\\ntouch /run/reached; exec sleep 60\\n' >ip && chmod 0755 ip`);
  const working = host.start(process.execPath, ikvswitchArguments(["start"]), {
    env: { PATH: "/run/programs:/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  const found = await pollUntil({ what: "the lock", timeoutMs: 60_000, intervalMs: 50 }, async () => {
    const { stdout } = await host.shell(`cat ${folder}/holder 2>/dev/null || true`);
    return stdout === "" ? { done: false, seen: await lockFolders() } : { done: true, value: stdout };
  });
  expect(found).toMatch(/^pid \d+, ikvswitch net start$/);
  expect((await host.run("stat", ["-c", "%U %a", folder])).stdout).toBe("root 700\n");
  const asNobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
  for (const script of [`flock -n ${folder} true`, `flock -n ${folder}/holder true`, `mkdir ${folder}x`]) {
    const refused = await host.run("setpriv", [...asNobody, "sh", "-c", script], { exitCodes: [1, 66] });
    expect(refused.stderr).toContain("Permission denied");
  }
  working.kill("SIGKILL");
  await working.output;
});

it("a foreign socket with the name of a lock has no effect", async () => {
  const script = `
    const server = require("node:net").createServer(() => {});
    server.listen("\\0ikvswitch-lock", () => console.log("listens"));`;
  const asNobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
  const squatter = host.start("setpriv", [...asNobody, process.execPath, "-e", script]);
  await says(squatter, "listens");
  await ikvswitch(host, ["stop"]);
  squatter.kill("SIGKILL");
  await squatter.output;
});

it("a user without a home is refused, and so is a /run that others may write to", async () => {
  const asNobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", process.execPath];
  const refused = await host.run("setpriv", [...asNobody, ...ikvswitchArguments(["stop"])], {
    exitCodes: [3],
    env: { XDG_STATE_HOME: "/run/none" },
  });
  expect(refused.stderr).toContain("or run the command as root");
  expect((await host.shell("ls -d /tmp/ikvswitch-65534 2>/dev/null || true")).stdout).toBe("");
  await host.run("chmod", ["1777", "/run"]);
  const { stderr } = await ikvswitch(host, ["stop"], { exitCodes: [3] });
  expect(stderr).toContain("fix: chown root:root /run && chmod 0755 /run");
});
