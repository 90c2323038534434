import { randomBytes } from "node:crypto";
import { CommandError, TimeoutError } from "../../../errors.ts";
import type { Command, Host } from "../../../system/host.ts";
import { pollUntil } from "../../../system/poll.ts";
import { pullCablesOfTapsDown } from "../faults.ts";
import { type GuestAgent, withGuestAgent } from "../guest-agent.ts";
import { guestExec } from "../guest-exec.ts";
import type { Launch } from "../launch.ts";
import { startMachine } from "../machine.ts";
import { type NodePaths, nodePaths } from "../paths.ts";
import { withQmp } from "../qmp.ts";
import type { MigrationStatus } from "./make.ts";

export interface CloneRequest {
  readonly runDir: string;
  /** How the machine is started when it boots. */
  readonly launch: Launch;
  /** The same machine as a clone of the template. */
  readonly command: Command;
  /** File with the state of the template's processor and devices. */
  readonly state: string;
  readonly timeoutMs: number;
}

/**
 * Start a node's machine as a clone of its template, whose folders and disk are ready, and make it the node: its
 * clock, its own random state, then its files, MACs and names, before any card is up or sshd runs.
 * @throws CommandError, TimeoutError when it does not come that far; its machine may be running then.
 */
export async function startClone(host: Host, request: CloneRequest): Promise<void> {
  const { runDir, launch, command } = request;
  const paths = nodePaths(runDir, launch.node);
  const deadline = Date.now() + request.timeoutMs;
  const remaining = () => Math.max(1, deadline - Date.now());
  await startMachine(host, paths, { ...launch, command });
  await loadState(host, request.state, paths, remaining());
  await pullCablesOfTapsDown(host, runDir, launch);
  const agent = () => ({ socket: paths.agent, timeoutMs: remaining() });
  await withGuestAgent(host, agent(), setClock);
  await guestExec(
    host,
    { file: "/usr/lib/ikvswitch/complete-clone", args: [], input: randomBytes(SEED_BYTES) },
    { ...agent(), firstPollMs: 500 },
  );
}

const SEED_BYTES = 64;

/**
 * Through a socket: QEMU may open no file but those on its command line, and before 8.2 it reads this from none.
 */
async function loadState(host: Host, file: string, paths: NodePaths, timeoutMs: number): Promise<void> {
  const state = await host.readBytes(file);
  if (state === undefined) {
    throw new CommandError("clone", undefined, `${file} is missing`);
  }
  const incoming = `${paths.run}/incoming.sock`;
  await withQmp(host, { socket: paths.qmp, timeoutMs }, async (qmp) => {
    await qmp.execute("migrate-set-capabilities", {
      capabilities: [{ capability: "x-ignore-shared", state: true }],
    });
    await qmp.execute("migrate-incoming", { uri: `unix:${incoming}` });
    const socket = await host.connect(incoming);
    // QEMU may hang up on what it does not understand; what it says then is what counts.
    socket.on("error", () => {});
    socket.end(state);
    await pollUntil({ what: "the clone's state being taken", timeoutMs, intervalMs: 10 }, async () => {
      const { status = "waiting", "error-desc": reason } = (await qmp.execute(
        "query-migrate",
      )) as Partial<MigrationStatus>;
      if (status === "failed") {
        throw new CommandError("QMP migrate-incoming", undefined, reason ?? "QEMU does not take it");
      }
      return status === "completed" ? { done: true, value: undefined } : { done: false, seen: status };
    });
    await qmp.execute("cont");
  }).catch(async (error: unknown) => {
    // QEMU before 9 ends itself over a state that it does not understand.
    const said = ((await host.readFile(paths.qemuLog)) ?? "").trim();
    throw said === "" ? error : new CommandError("QMP migrate-incoming", undefined, said);
  });
  await host.remove(incoming);
}

const CLOCK_TOLERANCE_MS = 5_000;

/** The agent sets the clock, and then fails to write it to the hardware's, which is the host's and right already. */
async function setClock(inside: GuestAgent): Promise<void> {
  await inside.execute("guest-set-time", { time: Date.now() * NANOSECONDS }).catch((error: unknown) => {
    if (!(error instanceof CommandError)) {
      throw error;
    }
  });
  const now = Number(await inside.execute("guest-get-time")) / NANOSECONDS;
  if (Math.abs(Date.now() - now) > CLOCK_TOLERANCE_MS) {
    throw new TimeoutError("the clone's clock being set", CLOCK_TOLERANCE_MS, new Date(now).toISOString());
  }
}

const NANOSECONDS = 1_000_000;
