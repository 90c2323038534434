import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { projectPath } from "./namespace.ts";

const ikvswitch = (words: readonly string[]) =>
  execa(projectPath("bin/ikvswitch"), ["--config", projectPath("etc/ikvswitch.conf"), ...words], {
    reject: false,
  });

describe("the command line", () => {
  it("takes the last of settings that are made several times", async () => {
    const { stdout } = await ikvswitch([
      "--set",
      "AS_START=65100",
      "--json",
      "plan",
      "internet",
      "--set",
      "AS_START=65200",
    ]);
    expect(JSON.parse(stdout).asn).toBe(65200);
  });

  it("ends in peace when its reader has read enough", async () => {
    const script = 'set -o pipefail; "$0" --json plan --config "$1" | head -n 1';
    const words = [projectPath("bin/ikvswitch"), projectPath("etc/ikvswitch.conf")];
    const { stdout, stderr, exitCode } = await execa("bash", ["-c", script, ...words], { reject: false });
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: "{", stderr: "", exitCode: 0 });
  });

  it("works on when nobody reads what it tells on the way", async () => {
    // Nothing runs, so it looks again and again, and says so.
    const script = 'set -o pipefail; "$0" --config "$1" check --only wire --wait 1s 2>&1 >/dev/null | true';
    const words = [projectPath("bin/ikvswitch"), projectPath("etc/ikvswitch.conf")];
    const { exitCode } = await execa("bash", ["-c", script, ...words], { reject: false });
    expect(exitCode).toBe(4);
  });

  it("reads its configuration from a pipe, and is not kept by a FIFO that nobody writes to", async () => {
    const script =
      '"$0" config show --config <(echo NUM_U=17) | grep NUM_U; cat /dev/null | "$0" config validate --config /dev/stdin';
    const piped = await execa("bash", ["-c", script, projectPath("bin/ikvswitch")], { reject: false });
    expect(piped.stdout).toMatch(/^NUM_U +17 +\/dev\/fd\/\d+:1\n\/dev\/stdin: valid/);
    const fifo = `/tmp/ikvswitch-test-${process.pid}.conf`;
    await execa("mkfifo", [fifo]);
    const words = ["config", "validate", "--config", fifo];
    const { stderr, exitCode } = await execa(projectPath("bin/ikvswitch"), words, {
      reject: false,
      timeout: 60_000,
    });
    await execa("rm", [fifo]);
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 2 });
    expect(stderr).toContain(`${fifo}: this can't be read: it is a FIFO`);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends properly by %s, and with 130", async (signal) => {
    const check = ikvswitch(["check", "--only", "wire", "--wait", "60s"]);
    // Nothing runs, so it looks again and again, and says so.
    check.stderr.once("data", () => check.kill(signal));
    const { stderr, exitCode } = await check;
    expect(exitCode).toBe(130);
    expect(stderr).toContain("Interrupted: finishing cleanly.");
  });

  it("says when what it prints can't be written, and ends with 1", async () => {
    const script = '"$0" plan --config "$1" >/dev/full';
    const words = [projectPath("bin/ikvswitch"), projectPath("etc/ikvswitch.conf")];
    const { stderr, exitCode } = await execa("bash", ["-c", script, ...words], { reject: false });
    expect({ stderr, exitCode }).toEqual({ stderr: "ENOSPC: no space left on device, write", exitCode: 1 });
  });

  it("warns of keys that have no effect", async () => {
    const words = ["config", "validate", "--set", "NUM_RACKS=3", "--set", "DHCPD_SUBNET_4=192.168.120"];
    const warning = "DHCPD_SUBNET_4: this is not used while NUM_RACKS=3";
    expect((await ikvswitch(words)).stderr).toContain(warning);
    expect(JSON.parse((await ikvswitch([...words, "--json"])).stdout).warnings).toHaveLength(1);
  });

  it("prints private keys and hashes of the switches' files only when asked for them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ikvswitch-render-"));
    try {
      const words = ["--set", `STATE_DIR=${folder}`, "--set", "BACKEND=qemu", "render", "leaf1", "--json"];
      const shown = (await ikvswitch(words)).stdout;
      expect(shown).not.toMatch(/PRIVATE KEY|\$6\$/);
      expect(JSON.parse(shown)[0].files).toContainEqual({
        path: "/etc/ssh/ssh_host_ed25519_key",
        mode: 0o600,
        content: null,
      });
      const all = (await ikvswitch([...words, "--secrets"])).stdout;
      expect(all).toMatch(/PRIVATE KEY/);
      expect(all).toMatch(/\$6\$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("teaches with --help, and ends with 0", async () => {
    const { stdout, exitCode } = await ikvswitch(["--help"]);
    expect(stdout).toContain("Exit codes: 0 done");
    expect(exitCode).toBe(0);
  });

  it("says what is wrong with a word that it does not know, and ends with 2", async () => {
    const { stdout, stderr, exitCode } = await ikvswitch(["chekc"]);
    expect(stdout).toBe("");
    expect(stderr).toBe("There is no such command. Did you mean check?\nAdd --help to see what can be said.");
    expect(exitCode).toBe(2);
  });

  it.each([
    [["up", "--timeout", "soon"], "--timeout is a number of seconds, such as 30"],
    [["down", "--grace", "-1"], "--grace is a number of seconds, such as 30"],
    [["plan", "--config", "/etc/other.conf"], "--config is given twice"],
    [["check", "--only", "bgp", "--only", "bfd"], "--only is given twice"],
    [["capture", "leaf1", "-w", "a", "-w", "b"], "-w is given twice"],
    [["plan", "--set"], "The value of set is missing."],
    [["node", "stop"], "Words are missing: 0 given, at least 1 needed."],
    [["node", "stop"], "ikvswitch node stop <nodes..>"],
    [["link"], "Say which: ls, down"],
    [["render", "--out", ""], "--out names no folder"],
    [["--set", "STATE_DIR=/nonexistent/ikvswitch", "ssh", "leaf1"], "`ikvswitch up` makes them"],
  ])("refuses %j before anything is done, saying %j, and ends with 2", async (words, said) => {
    const { stderr, exitCode } = await ikvswitch(words);
    expect(stderr).toContain(said);
    expect(exitCode).toBe(2);
  });
});
