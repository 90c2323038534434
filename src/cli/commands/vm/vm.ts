import { commandGroup } from "../../command.ts";
import { consoleCommand, copyCommand, execCommand, logsCommand, sshCommand, vncCommand } from "./access.ts";
import { createCommand } from "./create.ts";
import { infoCommand, listCommand } from "./list.ts";
import { removeCommand, restartCommand, startCommand, stopCommand } from "./power.ts";

export const vmCommand = commandGroup("vm", "Manage VMs in the racks, made from profiles", [
  createCommand,
  listCommand,
  infoCommand,
  startCommand,
  stopCommand,
  restartCommand,
  removeCommand,
  consoleCommand,
  sshCommand,
  execCommand,
  copyCommand,
  vncCommand,
  logsCommand,
]);
