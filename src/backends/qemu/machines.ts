import { replaceInCpio } from "../../image/cpio.ts";
import { checkRestartRoom } from "../../nodes/check-room.ts";
import type { Machines } from "../../nodes/machines.ts";
import { withGuestAgent } from "../../qemu/guest-agent.ts";
import { GUEST_LIBRARY, guestExec } from "../../qemu/guest-exec.ts";
import { pullFile, pushFile } from "../../qemu/guest-files.ts";
import { guestStream } from "../../qemu/guest-stream.ts";
import { interrupt, pressPowerButton, pressReset } from "../../qemu/power.ts";
import { USERS_LOG } from "../../qemu/users-file.ts";
import type { Host } from "../../system/host.ts";
import { failIfDead } from "./boot.ts";
import { changeDisk } from "./deliver.ts";
import { freezeMachine, isFrozen, setCarrier, thawMachine } from "./faults.ts";
import { launchOf, powerOff, powerOn, powerState, stopMachine } from "./machine.ts";
import { nodeFolder } from "./node-folder.ts";

const FILE_TIMEOUT_MS = 5 * 60_000;
/** An idle switch answers within a second. One that boots on a busy host is not waited for. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Returns the switches as virtual machines, accessed through their guest agents. */
export function qemuMachines(host: Host, runDir: string): Machines {
  const folderOf = (node: string) => nodeFolder(runDir, node);
  const agentOf = (node: string) => ({
    socket: folderOf(node).agent,
    machine: { name: node, start: `ikvswitch node start ${node}` },
  });
  const files = (node: string) => ({ ...agentOf(node), timeoutMs: FILE_TIMEOUT_MS });
  return {
    backend: "qemu",
    // Emulated processors are slow. Querying all switches at once keeps the host so busy that BFD sessions time out.
    patience: { atOnce: 2, timeoutMs: 40_000, programSeconds: 12 },
    library: GUEST_LIBRARY,
    vlans: true,
    exec: (node, command, options) => guestExec(host, command, { ...agentOf(node), ...options }),
    stream: (node, command, streams) => {
      const isPaused = () => isFrozen(host, folderOf(node));
      return guestStream(host, { ...agentOf(node), isPaused }, command, streams);
    },
    pull: (node, path) => pullFile(host, files(node), path),
    push: (node, path, content) => pushFile(host, files(node), path, content),
    setStartFile: async (node, path, text) => {
      await changeDisk(host, folderOf(node), (archive) => replaceInCpio(archive, path.slice(1), text));
    },
    assertAlive: (node) => failIfDead(host, folderOf(node)),
    log: async (node) => {
      const { console, consoleLink } = folderOf(node);
      return (await host.readFile(console, USERS_LOG)) ?? (await host.readFile(consoleLink, USERS_LOG)) ?? "";
    },
    answers: (node) =>
      withGuestAgent(host, { ...agentOf(node), timeoutMs: ANSWER_TIMEOUT_MS }, (inside) =>
        inside.execute("guest-ping"),
      ).then(
        () => true,
        () => false,
      ),
    power: (node) => powerState(host, folderOf(node)),
    assertStartable: async (node) => {
      await launchOf(host, folderOf(node));
      await checkRestartRoom(host, runDir);
    },
    start: (node) => powerOn(host, folderOf(node)),
    stop: (node, options) => stopMachine(host, folderOf(node), options),
    cutPower: (node) => powerOff(host, folderOf(node)),
    pressPowerButton: (node) => pressPowerButton(host, folderOf(node)),
    reset: (node) => pressReset(host, folderOf(node)),
    interrupt: (node) => interrupt(host, folderOf(node)),
    freeze: (node) => freezeMachine(host, folderOf(node)),
    thaw: (node) => thawMachine(host, folderOf(node)),
    isFrozen: (node) => isFrozen(host, folderOf(node)),
    setCarrier: (node, ports, on) => setCarrier(host, folderOf(node), { ports, on }),
  };
}
