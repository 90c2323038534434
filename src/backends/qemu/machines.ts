import { replaceInCpio } from "../../image/cpio.ts";
import { checkRestartRoom } from "../../nodes/check-room.ts";
import type { Machines } from "../../nodes/machines.ts";
import type { Host } from "../../system/host.ts";
import { failIfDead } from "./boot.ts";
import { changeDisk } from "./deliver.ts";
import { freezeMachine, isFrozen, setCarrier, thawMachine } from "./faults.ts";
import { withGuestAgent } from "./guest-agent.ts";
import { GUEST_LIBRARY, guestExec } from "./guest-exec.ts";
import { pullFile, pushFile } from "./guest-files.ts";
import { launchOf, powerOff, powerOn, powerState, reset, softOff, stopMachine } from "./machine.ts";
import { nodePaths } from "./paths.ts";
import { USERS_LOG } from "./users-file.ts";

const FILE_TIMEOUT_MS = 5 * 60_000;
/** An idle switch answers within a second; one that boots on a busy machine is not waited for. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Switches that are virtual machines, reached inside by their guest agent. */
export function qemuMachines(host: Host, runDir: string): Machines {
  const socketOf = (node: string) => nodePaths(runDir, node).agent;
  const files = (node: string) => ({ socket: socketOf(node), timeoutMs: FILE_TIMEOUT_MS });
  return {
    backend: "qemu",
    // Emulated processors are slow, and all at once keep the host so busy that BFD takes neighbors for dead.
    patience: { atOnce: 2, timeoutMs: 40_000, programSeconds: 12 },
    library: GUEST_LIBRARY,
    vlans: true,
    exec: (node, command, options) => guestExec(host, command, { socket: socketOf(node), ...options }),
    pull: (node, path) => pullFile(host, files(node), path),
    push: (node, path, content) => pushFile(host, files(node), path, content),
    setStartFile: async (node, path, text) => {
      await changeDisk(host, runDir, node, (archive) => replaceInCpio(archive, path.slice(1), text));
    },
    assertAlive: (node) => failIfDead(host, node, nodePaths(runDir, node)),
    log: async (node) => {
      const { console, consoleLink } = nodePaths(runDir, node);
      return (await host.readFile(console, USERS_LOG)) ?? (await host.readFile(consoleLink, USERS_LOG)) ?? "";
    },
    answers: (node) =>
      withGuestAgent(host, { socket: socketOf(node), timeoutMs: ANSWER_TIMEOUT_MS }, (inside) =>
        inside.execute("guest-ping"),
      ).then(
        () => true,
        () => false,
      ),
    power: (node) => powerState(host, runDir, node),
    assertStartable: async (node) => {
      await launchOf(host, nodePaths(runDir, node), node);
      await checkRestartRoom(host, runDir);
    },
    start: (node) => powerOn(host, runDir, node),
    stop: (node, options) => stopMachine(host, runDir, node, options),
    cutPower: (node) => powerOff(host, runDir, node),
    pressPowerButton: (node) => softOff(host, runDir, node),
    reset: (node) => reset(host, runDir, node),
    freeze: (node) => freezeMachine(host, runDir, node),
    thaw: (node) => thawMachine(host, runDir, node),
    isFrozen: (node) => isFrozen(host, runDir, node),
    setCarrier: (node, ports, on) => setCarrier(host, runDir, node, { ports, on }),
  };
}
