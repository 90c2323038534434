import { commandGroup } from "../../command.ts";
import { consoleCommand, copyCommand, execCommand, logsCommand, sshCommand, vncCommand } from "./access.ts";
import { bootCommand, ejectCommand, firmwareCommand, insertCommand } from "./boot.ts";
import { createCommand } from "./create.ts";
import { infoCommand, listCommand } from "./list.ts";
import { removeCommand, resetCommand, restartCommand, startCommand, stopCommand } from "./power.ts";

export const vmCommand = commandGroup("vm", "Manage VMs in the racks, made from profiles", [
  createCommand,
  listCommand,
  infoCommand,
  startCommand,
  stopCommand,
  restartCommand,
  resetCommand,
  bootCommand,
  firmwareCommand,
  insertCommand,
  ejectCommand,
  removeCommand,
  consoleCommand,
  sshCommand,
  execCommand,
  copyCommand,
  vncCommand,
  logsCommand,
]);
