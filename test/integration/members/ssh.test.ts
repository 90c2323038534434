import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RemoteHost, remoteHost } from "../../../src/system/remote/remote-host.ts";
import type { SshTarget } from "../../../src/system/remote/ssh-command.ts";
import { createUnderlay, type Underlay } from "./underlay.ts";

let underlay: Underlay;
let alpha: RemoteHost;

beforeAll(async () => {
  underlay = await createUnderlay(["alpha"]);
  alpha = reach({});
});

afterAll(async () => {
  await alpha?.close();
  await underlay?.close();
});

function reach(target: Partial<SshTarget>): RemoteHost {
  return remoteHost(underlay.operator, {
    ...{ name: "alpha", address: "10.0.0.1", login: "root" },
    identityFile: `${underlay.stateDir}/ssh/id_ed25519`,
    knownHosts: `${underlay.stateDir}/ssh/member_keys`,
    controlPath: `${underlay.runDir}/${target.name ?? "alpha"}`,
    ...target,
  });
}

const TRUE = { file: "true", args: [] };

describe("a host that is reached by ssh", () => {
  it("runs programs with their arguments and input as they are", async () => {
    const words = ["a b", "c'd", "$(id)", "-e", "", "ü\n"];
    const { stdout } = await alpha.run({ file: "printf", args: ["%s|", ...words] });
    expect(stdout).toBe(words.map((word) => `${word}|`).join(""));
    const input = "lines\nof 'text'\n".repeat(10_000);
    expect((await alpha.run({ file: "cat", args: [], input })).stdout).toBe(input);
  });

  it("runs many at once, and tells their exit codes", async () => {
    const codes = Array.from({ length: 20 }, (_, code) => code);
    const results = await Promise.all(
      codes.map((code) => alpha.run({ file: "sh", args: ["-c", `exit ${code}`] }, { okExitCodes: "any" })),
    );
    expect(results.map(({ exitCode }) => exitCode)).toEqual(codes);
    await expect(alpha.run({ file: "false", args: [] })).rejects.toThrow(
      /^alpha: false\n {2}failed with exit code 1/,
    );
  });

  it("does not hang a call for longer than its limit", async () => {
    await expect(alpha.run({ file: "sleep", args: ["600"] }, { timeoutMs: 500 })).rejects.toThrow(
      /^alpha: sleep 600\n.*\n.*did not finish within 0.5 s/,
    );
  });

  it("has files that are read and written as here", async () => {
    const folder = "/run/a folder's name";
    const bytes = Buffer.from(Uint8Array.from({ length: 1000 }, (_, index) => index % 256));
    await alpha.writeFile(`${folder}/file`, bytes, 0o640);
    expect(bytes.equals(Buffer.from((await alpha.readBytes(`${folder}/file`)) ?? []))).toBe(true);
    expect(await alpha.readBytes(`${folder}/file`, { lastBytes: 2 })).toEqual(bytes.subarray(-2));
    expect(await alpha.stat(`${folder}/file`)).toMatchObject({ sizeBytes: 1000, isFolder: false, gid: 0 });
    await alpha.rename(`${folder}/file`, `${folder}/other`);
    await alpha.makeDirectory(`${folder}/in/it`, 0o700);
    expect(await alpha.list(folder)).toEqual(["in", "other"]);
    await expect(alpha.readFile(folder)).rejects.toThrow("not a regular file");
    await alpha.remove(folder);
    expect(await alpha.readFile(`${folder}/other`)).toBeUndefined();
    expect(await alpha.stat(folder)).toBeUndefined();
    expect(await alpha.list(folder)).toEqual([]);
  });

  it("has the files of its own kernel", async () => {
    const path = "/proc/sys/net/ipv4/conf/lo/forwarding";
    await alpha.writeKernelFile(path, "1\n");
    expect(await alpha.readFile(path)).toBe("1\n");
  });
});

describe("a host that can't be reached", () => {
  it("is named, with its address and the remedy", async () => {
    await expect(reach({ name: "delta", address: "10.0.0.9" }).run(TRUE)).rejects.toThrow(
      /no ssh to root@10\.0\.0\.9: .*No route to host\n.*delta.*\n.*HOSTS/,
    );
  });

  it("tells how to authorize the key", async () => {
    const identityFile = `${underlay.stateDir}/another`;
    await underlay.operator.run({
      file: "ssh-keygen",
      args: ["-q", "-t", "ed25519", "-N", "", "-f", identityFile],
    });
    await expect(reach({ name: "stranger", identityFile }).run(TRUE)).rejects.toThrow(
      `ssh-copy-id -f -i ${identityFile}.pub root@10.0.0.1`,
    );
  });

  it("is not trusted with another host key than before", async () => {
    await alpha.run(TRUE);
    await alpha.close();
    const { knownHosts, name } = { knownHosts: `${underlay.stateDir}/ssh/member_keys`, name: "alpha" };
    const key = await underlay.operator.run({
      file: "cat",
      args: [`${underlay.stateDir}/ssh/id_ed25519.pub`],
    });
    await underlay.operator.writeFile(knownHosts, `${name} ${key.stdout.split(" ").slice(0, 2).join(" ")}\n`);
    await expect(alpha.run(TRUE)).rejects.toThrow(`ssh-keygen -f ${knownHosts} -R ${name}`);
  });
});
