import type { Argv } from "yargs";
import { UsageError } from "../../../errors.ts";
import type { VmFolder } from "../../../vms/folder.ts";
import type { VmRecord } from "../../../vms/record.ts";
import { command } from "../../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../../context.ts";
import { copyFile } from "../../copy-file.ts";
import { type LogOptions, showLog, withLogOptions } from "../../follow-log.ts";
import { passOn, print, tell } from "../../output.ts";
import { printDocument } from "../../print-document.ts";
import { findRecord } from "./find-vm.ts";

const EXEC_TIMEOUT_MS = 10 * 60_000;
const COPY_TIMEOUT_MS = 10 * 60_000;

interface VmOptions extends GlobalOptions {
  readonly vm: string;
}

interface WordsOptions extends VmOptions {
  /** The words after the VM's name. */
  readonly "--"?: readonly string[];
}

/** Defines a command about one VM. */
function vmCommand<T extends VmOptions>(
  form: string,
  describe: string,
  builder: (parser: Argv) => Argv,
  run: (
    context: Context,
    vm: { readonly record: VmRecord; readonly folder: VmFolder },
    options: T,
  ) => Promise<void>,
) {
  return command<T>({
    command: form,
    describe,
    builder: (parser) => builder(parser.positional("vm", { type: "string", describe: "VM: server1, ..." })),
    run: async (options) => {
      const context = await loadContext(options);
      const { vmFolder } = await import("../../../vms/folder.ts");
      const record = await findRecord(context, options.vm);
      await run(context, { record, folder: vmFolder(context.settings, record.name) }, options);
    },
  });
}

export const consoleCommand = vmCommand(
  "console <vm>",
  "Attach to a VM's serial console (detach with Ctrl-])",
  (parser) => parser,
  (context, { record }) => attach(context, record.name),
);

/** Connects the user's terminal to a VM's serial console. */
export async function attach({ host, settings }: Context, name: string): Promise<void> {
  const { attachConsole } = await import("../../../qemu/console.ts");
  const { vmFolder } = await import("../../../vms/folder.ts");
  tell(`Connected to the serial console of ${name}. Press Enter for the login prompt, Ctrl-] to detach.`);
  const terminal = { input: process.stdin, output: process.stdout };
  const reason = await attachConsole(host, vmFolder(settings, name).serial, terminal);
  tell(`\n${reason === "escape" ? "Detached" : `${name} powered off`}.`);
}

export const sshCommand = vmCommand<WordsOptions>(
  "ssh <vm>",
  "Log in to a VM over SSH, or run a command there",
  (parser) =>
    parser
      .usage(
        "$0 vm ssh <vm> [command [arguments]]\n\nLog in as root to a VM over SSH, by the address that it announces, or run a command there.",
      )
      .example("$0 vm ssh server1 ip route", "run a program"),
  async ({ host, settings }, { record, folder }, { "--": words = [] }) => {
    if (record.announced === null) {
      throw new UsageError(`${record.name} announces no address; try 'ikvswitch vm console ${record.name}'`);
    }
    const { vmSshCommand } = await import("../../../vms/ssh.ts");
    process.exitCode = await host.runInteractive(
      await vmSshCommand(host, settings.stateDir, folder, record.announced.address, words),
    );
  },
);

export const execCommand = vmCommand<WordsOptions>(
  "exec <vm>",
  "Run a command in a VM by its guest agent, without using its network",
  (parser) =>
    parser
      .usage(
        "$0 vm exec <vm> <command> [arguments]\n\nRun a command in a VM by its QEMU guest agent, without using its network.",
      )
      .example("$0 vm exec server1 vtysh -c 'show bgp summary'", "show the BGP sessions of server1"),
  async ({ host }, { folder }, { "--": words = [] }) => {
    if (words.length === 0) {
      throw new UsageError("missing argument: COMMAND\nSee 'ikvswitch vm exec --help'.");
    }
    const { guestExec } = await import("../../../qemu/guest-exec.ts");
    const result = await guestExec(
      host,
      // The guest agent starts programs without a shell, so without a search path.
      { file: "/usr/bin/env", args: ["--", ...words] },
      { ...agentOf(folder), timeoutMs: EXEC_TIMEOUT_MS, okExitCodes: "any" },
    );
    passOn(result.stdout);
    passOn(result.stderr, "stderr");
    process.exitCode = result.exitCode;
  },
);

export const vncCommand = vmCommand<VmOptions & { readonly open: boolean }>(
  "vnc <vm>",
  "Show the socket of a VM's VNC console, or open it",
  (parser) =>
    parser.option("open", {
      type: "boolean",
      default: false,
      describe: "Open it with vncviewer (Debian package: tigervnc-viewer)",
    }),
  async ({ host }, { folder }, { open, json }) => {
    if (open) {
      process.exitCode = await host.runInteractive({ file: "vncviewer", args: [folder.vnc] });
    } else {
      json ? printDocument("vm vnc", { socket: folder.vnc }) : print(folder.vnc);
    }
  },
);

export const logsCommand = vmCommand<VmOptions & LogOptions>(
  "logs <vm>",
  "Print the output of a VM's serial console since its start",
  withLogOptions,
  async ({ host }, { record, folder }, options) => {
    const { readUsersFile } = await import("../../../qemu/users-file.ts");
    const read = async () =>
      (await readUsersFile(host, options.qemu ? folder.qemuLog : folder.console)) ?? "";
    await showLog(options, (log) => ["vm logs", { name: record.name, log }], await read(), read);
  },
);

interface CopyOptions extends GlobalOptions {
  readonly from: string;
  readonly to: string;
}

export const copyCommand = command<CopyOptions>({
  command: "cp <from> <to>",
  describe: "Copy a file to or from a VM by its guest agent, without using its network",
  builder: (parser) =>
    parser
      .positional("from", { type: "string", describe: "Source: PATH on the host, or NAME:PATH" })
      .positional("to", { type: "string", describe: "Target: NAME:PATH, or PATH on the host" })
      .example("$0 vm cp server1:/etc/frr/frr.conf .", "get server1's FRR configuration"),
  run: async (options) => {
    const context = await loadContext(options);
    const { host, settings } = context;
    const { pullFile, pushFile } = await import("../../../qemu/guest-files.ts");
    const { vmFolder } = await import("../../../vms/folder.ts");
    const files = async (name: string) => ({
      ...agentOf(vmFolder(settings, (await findRecord(context, name)).name)),
      timeoutMs: COPY_TIMEOUT_MS,
    });
    await copyFile(host, options, {
      pull: async (name, path) => pullFile(host, await files(name), path),
      push: async (name, path, content) => pushFile(host, await files(name), path, content),
    });
  },
});

function agentOf({ name, agent }: VmFolder) {
  return { socket: agent, machine: { name, start: `ikvswitch vm start ${name}` } };
}
