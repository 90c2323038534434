import { describe, expect, it } from "vitest";
import {
  endConnection,
  findConnection,
  loginCommand,
  type SshTarget,
  sshCommand,
} from "../../../src/system/remote/ssh-command.ts";

const target: SshTarget = {
  ...{ name: "alpha", address: "10.0.0.1", login: "root" },
  identityFile: "/var/lib/ikvswitch/ssh/id_ed25519",
  knownHosts: "/var/lib/ikvswitch/ssh/member_keys",
  controlPath: "/run/ikvswitch/ssh/0123456789ab",
};

const COMMON =
  "-F none -T -o BatchMode=yes -o IdentityFile=/var/lib/ikvswitch/ssh/id_ed25519 -o IdentitiesOnly=yes" +
  " -o IdentityAgent=none -o UserKnownHostsFile=/var/lib/ikvswitch/ssh/member_keys -o GlobalKnownHostsFile=none" +
  " -o StrictHostKeyChecking=accept-new -o HostKeyAlias=alpha -o ConnectTimeout=10 -o ServerAliveInterval=5" +
  " -o ServerAliveCountMax=3 -o ControlMaster=auto -o ControlPath=/run/ikvswitch/ssh/0123456789ab" +
  " -o ControlPersist=60 -o LogLevel=ERROR";
const ENVIRONMENT =
  "env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 LC_ALL=C.UTF-8";

describe("a command on another host", () => {
  it("is one line for its shell, in which every word is quoted, and has a time limit there", () => {
    const command = sshCommand(
      target,
      { file: "ip", args: ["-batch", "-", "a b'c$(d)"], input: "link show\n" },
      1500,
    );
    expect(command).toEqual({
      file: "ssh",
      args: [
        ...COMMON.split(" "),
        ...["-l", "root", "--", "10.0.0.1"],
        `${ENVIRONMENT} timeout -k 2 2 ip -batch - 'a b'\\''c$(d)'`,
      ],
      input: "link show\n",
    });
  });

  it("runs as root by sudo if ssh logs in as another user", () => {
    const { args } = sshCommand(
      { ...target, login: "admin" },
      { file: "true", args: [], env: { LANG: "C" } },
      60_000,
    );
    expect(args.slice(-4)).toEqual([
      "admin",
      "--",
      "10.0.0.1",
      `sudo -n -- ${ENVIRONMENT.replace("LANG=C.UTF-8", "LANG=C")} timeout -k 2 60 true`,
    ]);
  });

  it("may only log in, with another limit", () => {
    expect(loginCommand(target, 5).args).toEqual([
      ...COMMON.replace("ConnectTimeout=10", "ConnectTimeout=5").split(" "),
      ...["-l", "root", "--", "10.0.0.1", "true"],
    ]);
    expect(findConnection(target).args.slice(0, 2)).toEqual(["-O", "check"]);
  });

  it("shares a connection, which is ended by its socket", () => {
    expect(endConnection(target)).toEqual({
      file: "ssh",
      args: ["-O", "exit", ...COMMON.split(" "), "-l", "root", "--", "10.0.0.1"],
    });
  });
});
