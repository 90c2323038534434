import { once } from "node:events";
import { execa } from "execa";
import type { Namespace, Output } from "../../integration/namespace.ts";
import { projectPath } from "../../integration/namespace.ts";
import { type Engine, memberTree } from "./member-tree.ts";

/**
 * A cluster of Incus or LXD whose members are namespaces, on a bridge of a test host's network:
 *
 *   test host 198.18.0.1 ──┬── m1 198.18.0.11
 *                          ├── m2 198.18.0.12
 *                          └── m3 198.18.0.13
 */
export interface TestCluster {
  /** For HOSTS. */
  readonly members: string;
  readonly project: string;
  /** Returns a token that registers one client, restricted to the project. */
  token(): Promise<string>;
  /** Ends all processes of a member at once, as a loss of power does. */
  kill(member: string): Promise<void>;
  /** Starts it again, with what it had written, and waits until it answers. */
  start(member: string): Promise<void>;
  /** Stops all processes of a member; its kernel still answers. */
  freeze(member: string): Promise<void>;
  thaw(member: string): Promise<void>;
  /** Runs a shell script on a member, by ssh. */
  inside(member: string, script: string): Promise<Output>;
  close(): Promise<void>;
}

const MEMBERS = ["m1", "m2", "m3"];
const PROJECT = "fabric";
const FOLDER = "/run/members";
const TOKEN = /^token (\S+)$/;
const DONE = /^done$/;

/** @param key file, on the test host, with the private key for root of the members; KEY.pub must be beside it. */
export async function startCluster(host: Namespace, engine: Engine, key: string): Promise<TestCluster> {
  const tree = await memberTree(engine);
  await host.run("mkdir", ["-p", FOLDER]);
  const words = ["--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", "bash"];
  const process = execa(
    "nsenter",
    [
      ...["--target", String(host.pid), "--net", "--mount", "--", "unshare", ...words],
      ...[projectPath("test/e2e/incus/members/start"), tree, FOLDER, String(MEMBERS.length), PROJECT],
      `${key}.pub`,
    ],
    { reject: false, stdin: "pipe" },
  );
  const lines = process.iterable({ from: "stdout" })[Symbol.asyncIterator]();
  const answer = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const { done, value = "" } = await lines.next();
      if (done) {
        throw new Error(`the cluster ended:\n${(await process).stderr}`);
      }
      const found = pattern.exec(value);
      if (found !== null) {
        return found[1] ?? "";
      }
    }
  };
  const command = (words: string, pattern: RegExp): Promise<string> => {
    process.stdin.write(`${words}\n`);
    return answer(pattern);
  };
  const tokens = [await answer(TOKEN)];
  return {
    members: MEMBERS.map((name, index) => `${name}=198.18.0.1${index + 1}`).join(","),
    project: PROJECT,
    token: async () => tokens.pop() ?? (await command("token", TOKEN)),
    kill: async (member) => {
      await command(`kill ${member}`, DONE);
    },
    start: async (member) => {
      await command(`start ${member}`, DONE);
    },
    freeze: async (member) => {
      await command(`freeze ${member}`, DONE);
    },
    thaw: async (member) => {
      await command(`thaw ${member}`, DONE);
    },
    inside: (member, script) => {
      const address = `198.18.0.1${MEMBERS.indexOf(member) + 1}`;
      const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR"];
      return host.run("ssh", [
        ...["-i", key, ...options.flatMap((option) => ["-o", option])],
        ...[`root@${address}`, script],
      ]);
    },
    close: async () => {
      if (process.exitCode === null) {
        process.stdin.end();
        await once(process, "exit");
      }
    },
  };
}
