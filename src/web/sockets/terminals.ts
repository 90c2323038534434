import { Writable } from "node:stream";
import { currentBackend } from "../../backends/find.ts";
import { NotRunningError, UsageError } from "../../errors.ts";
import type { Node } from "../../fabric/types.ts";
import { type Lab, labMachines } from "../../lab/lab.ts";
import { hostStream } from "../../nodes/host-stream.ts";
import type { Machines } from "../../nodes/machines.ts";
import { sshCommandLine } from "../../nodes/ssh.ts";
import { nodeNamed } from "../service/find.ts";
import type { SocketCall } from "./call.ts";
import type { TerminalProgram, TerminalStreams } from "./terminal.ts";

/** `console`. */
export const serialConsole: TerminalProgram = async (call, _open, { input, output, ended }) => {
  const { lab, node } = await runningNode(call);
  const { host, settings, backends } = lab;
  const place = { runDir: settings.runDir, configured: settings.backend, backends };
  const backend = await currentBackend(host, place);
  if (backend.console === undefined) {
    throw new UsageError(`the ${backend.name} backend has no serial console; use vtysh, a shell or SSH`);
  }
  // The end of its input detaches it.
  ended.addEventListener("abort", () => input.end(), { once: true });
  const shown = new Writable({
    write: (bytes: Buffer, _encoding, done) => {
      void output(bytes).then(() => done());
    },
  });
  await backend.console.attach(host, settings.runDir, node.name, { input, output: shown });
  return null;
};

/** `exec -it`. */
export const execProgram: TerminalProgram = async (call, { command = ["vtysh"] }, streams) => {
  const { machines, node } = await runningNode(call);
  // The guest agent starts programs without a shell, so without a search path.
  const program = { file: "/usr/bin/env", args: ["--", ...command] };
  return machines.stream(node.name, program, programStreams(streams));
};

/** `ssh`. */
export const sshLogin: TerminalProgram = async (call, _open, streams) => {
  const { lab, node } = await runningNode(call);
  const { host, settings } = lab;
  return hostStream(host, sshCommandLine(settings.stateDir, node, []), programStreams(streams));
};

function programStreams({ input, output, terminal, ended }: TerminalStreams) {
  return { input, output, terminal, interrupted: ended };
}

/** @throws NotRunningError if the switch is off. */
async function runningNode({
  services,
  parameters,
}: SocketCall): Promise<{ readonly lab: Lab; readonly machines: Machines; readonly node: Node }> {
  const { lab } = await services.lab();
  const node = nodeNamed(lab.fabric, parameters.node);
  const machines = await labMachines(lab);
  if ((await machines.power(node.name)).power === "off") {
    throw new NotRunningError(`${node.name} is off`);
  }
  return { lab, machines, node };
}
