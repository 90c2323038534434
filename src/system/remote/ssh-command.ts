import type { Command } from "../command.ts";
import { environmentOf } from "../environment.ts";
import { shellLine } from "../quote-for-shell.ts";

/** Another host, and how ssh logs in to it. */
export interface SshTarget {
  /** As messages name it, and its host key's name. */
  readonly name: string;
  readonly address: string;
  /** A user other than root must be allowed to run `sudo` without a password. */
  readonly login: string;
  /** File of the private key. */
  readonly identityFile: string;
  /** File of host keys. A host's key is added at the first login, and has to be the same from then on. */
  readonly knownHosts: string;
  /** Path of the socket by which later logins share the connection of the first. */
  readonly controlPath: string;
}

/** Time that a shared connection stays open after its last use. */
const PERSIST_SECONDS = 60;

/** ssh gives up after this long without a connection, and ends one on which nobody answers after three times that. */
const CONNECT_SECONDS = 10;
const ALIVE_SECONDS = 5;

/** Grace period of a program that its time limit ends. */
const KILL_AFTER_SECONDS = 2;

/**
 * Returns the command that runs a command on another host, as root and without a terminal. No setting of the user's
 * applies: neither configuration files nor keys in an agent.
 * @param timeoutMs limit there, after which `timeout` ends it with exit code 124.
 */
export function sshCommand(target: SshTarget, command: Command, timeoutMs: number): Command {
  const { file, args } = command;
  const seconds = String(Math.ceil(timeoutMs / 1000));
  const limited = ["timeout", "-k", String(KILL_AFTER_SECONDS), seconds, file, ...args];
  return overSsh(target, command, limited);
}

/**
 * The same for a program that runs as long as it is wanted. Nobody ends it there if the connection ends: it should end
 * with its input.
 */
export function sshStream(target: SshTarget, command: Command): Command {
  return overSsh(target, command, [command.file, ...command.args]);
}

function overSsh(target: SshTarget, command: Command, words: readonly string[]): Command {
  const { input } = command;
  const environment = Object.entries(environmentOf(command, {})).map(([name, value]) => `${name}=${value}`);
  const line = shellLine([
    ...(target.login === "root" ? [] : ["sudo", "-n", "--"]),
    ...["env", "-i", ...environment, ...words],
  ]);
  return {
    file: "ssh",
    args: [...sshWords(target), line],
    ...(input === undefined ? {} : { input }),
  };
}

/**
 * Returns the command that only logs in, or uses the shared connection.
 * @param connectSeconds limit for a new connection.
 */
export function loginCommand(target: SshTarget, connectSeconds: number): Command {
  return { file: "ssh", args: [...sshWords(target, connectSeconds), "true"] };
}

/** Returns the command that fails unless there is a shared connection. It does not tell if the host still answers. */
export function findConnection(target: SshTarget): Command {
  return { file: "ssh", args: ["-O", "check", ...sshWords(target)] };
}

/** Returns the command that ends the shared connection. */
export function endConnection(target: SshTarget): Command {
  return { file: "ssh", args: ["-O", "exit", ...sshWords(target)] };
}

function sshWords(
  { name, address, login, ...files }: SshTarget,
  connectSeconds = CONNECT_SECONDS,
): readonly string[] {
  const options = {
    BatchMode: "yes",
    IdentityFile: files.identityFile,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: files.knownHosts,
    GlobalKnownHostsFile: "none",
    StrictHostKeyChecking: "accept-new",
    HostKeyAlias: name,
    ConnectTimeout: connectSeconds,
    ServerAliveInterval: ALIVE_SECONDS,
    ServerAliveCountMax: 3,
    ControlMaster: "auto",
    ControlPath: files.controlPath,
    ControlPersist: PERSIST_SECONDS,
    LogLevel: "ERROR",
  };
  return [
    ...["-F", "none", "-T"],
    ...Object.entries(options).flatMap(([option, value]) => ["-o", `${option}=${value}`]),
    ...["-l", login, "--", address],
  ];
}
