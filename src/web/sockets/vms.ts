import { Writable } from "node:stream";
import type { WebSocket } from "ws";
import { NotRunningError, UsageError } from "../../errors.ts";
import type { Lab } from "../../lab/lab.ts";
import { hostStream } from "../../nodes/host-stream.ts";
import { attachConsole } from "../../qemu/console.ts";
import { type VmFolder, vmFolder } from "../../vms/folder.ts";
import { areRunning } from "../../vms/observe.ts";
import type { VmRecord } from "../../vms/record.ts";
import { vmSshCommand } from "../../vms/ssh.ts";
import { vmNamed } from "../service/find.ts";
import type { SocketCall } from "./call.ts";
import type { TerminalProgram } from "./terminal.ts";
import { carry, closeFailed } from "./vnc.ts";

/** `vm console`. */
export const vmConsole: TerminalProgram = async (call, _open, { input, output, ended }) => {
  const { lab, folder } = await runningVm(call);
  // The end of its input detaches it.
  ended.addEventListener("abort", () => input.end(), { once: true });
  const shown = new Writable({
    write: (bytes: Buffer, _encoding, done) => {
      void output(bytes).then(() => done());
    },
  });
  await attachConsole(lab.host, folder.serial, { input, output: shown });
  return null;
};

/** `vm ssh`. */
export const vmLogin: TerminalProgram = async (call, _open, { input, output, terminal, ended }) => {
  const { lab, folder, record } = await runningVm(call);
  if (record.announced === null) {
    throw new UsageError(`${record.name} announces no address; use its serial console`);
  }
  const { host, settings } = lab;
  const command = await vmSshCommand(host, settings.stateDir, folder, record.announced.address, []);
  return hostStream(host, command, { input, output, terminal, interrupted: ended });
};

/** `vm vnc`. */
export async function serveVmVnc(socket: WebSocket, call: SocketCall): Promise<void> {
  try {
    const { lab, folder } = await runningVm(call);
    await carry(socket, await lab.host.connect(folder.vnc), call.ended);
  } catch (error) {
    closeFailed(socket, call.describe(error));
  }
}

interface FoundVm {
  readonly lab: Lab;
  readonly folder: VmFolder;
  readonly record: VmRecord;
}

async function runningVm({ services, parameters }: SocketCall): Promise<FoundVm> {
  const { lab } = await services.lab();
  const { host, settings } = lab;
  const record = await vmNamed(lab, parameters.vm);
  const [isRunning] = await areRunning(host, settings, [record]);
  if (!isRunning) {
    throw new NotRunningError(`${record.name} is off; 'ikvswitch vm start ${record.name}' starts it`);
  }
  return { lab, folder: vmFolder(settings, record.name), record };
}
