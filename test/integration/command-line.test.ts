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
  it("uses the last of several --set of the same key", async () => {
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

  it("exits silently when the reader of stdout closes it", async () => {
    const script = 'set -o pipefail; "$0" --json plan --config "$1" | head -n 1';
    const words = [projectPath("bin/ikvswitch"), projectPath("etc/ikvswitch.conf")];
    const { stdout, stderr, exitCode } = await execa("bash", ["-c", script, ...words], { reject: false });
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: "{", stderr: "", exitCode: 0 });
  });

  it("continues when the reader of stderr closes it", async () => {
    // Nothing runs, so it retries and prints that.
    const script = 'set -o pipefail; "$0" --config "$1" check --only link --wait 1s 2>&1 >/dev/null | true';
    const words = [projectPath("bin/ikvswitch"), projectPath("etc/ikvswitch.conf")];
    const { exitCode } = await execa("bash", ["-c", script, ...words], { reject: false });
    expect(exitCode).toBe(4);
  });

  it("reads its configuration from a pipe, but refuses a FIFO that nobody writes to", async () => {
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
    expect(stderr).toContain(`${fifo}: cannot read it: a FIFO`);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("cleans up on %s and exits with 130", async (signal) => {
    const check = ikvswitch(["check", "--only", "link", "--wait", "60s"]);
    // Nothing runs, so it retries and prints that.
    check.stderr.once("data", () => check.kill(signal));
    const { stderr, exitCode } = await check;
    expect(exitCode).toBe(130);
    expect(stderr).toContain("Interrupted: cleaning up.");
  });

  it("reports a write error on stdout and exits with 1", async () => {
    const script = '"$0" plan --config "$1" >/dev/full';
    const words = [projectPath("bin/ikvswitch"), projectPath("etc/ikvswitch.conf")];
    const { stderr, exitCode } = await execa("bash", ["-c", script, ...words], { reject: false });
    expect({ stderr, exitCode }).toEqual({ stderr: "ENOSPC: no space left on device, write", exitCode: 1 });
  });

  it("warns of keys that have no effect", async () => {
    const words = ["config", "validate", "--set", "NUM_RACKS=3", "--set", "DHCPD_SUBNET_4=192.168.120"];
    const warning = "DHCPD_SUBNET_4: unused with NUM_RACKS=3";
    expect((await ikvswitch(words)).stderr).toContain(warning);
    expect(JSON.parse((await ikvswitch([...words, "--json"])).stdout).warnings).toHaveLength(1);
  });

  it("prints the problems of a configuration as JSON, too, and exits with 2", async () => {
    const words = ["config", "validate", "--json", "--set", "NUM_U=2", "--set", "PLUG_SOCKETS=yes"];
    const { stdout, exitCode } = await ikvswitch([...words, "--set", "PLUG_PORT_START=80"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      problems: [
        { file: "--set", key: "NUM_U", message: '"2" is not a whole number from 3 to 1025' },
        { file: "--set", key: "PLUG_PORT_START" },
      ],
    });
  });

  it("prints arguments for the shared segment, each time with another MAC, and warns if its socket is closed", async () => {
    const shape =
      /^-netdev socket,id=nic1,connect=127\.0\.0\.1:29000\n-device virtio-net-pci,netdev=nic1,mac=02:69:ff(:[0-9a-f]{2}){3},host_mtu=9000$/;
    const plug = ["plug", "segment", "--set", "PLUG_SOCKETS=no"];
    const [one, two] = await Promise.all([ikvswitch(plug), ikvswitch(plug)]);
    expect(one.stdout).toMatch(shape);
    expect(two.stdout).not.toBe(one.stdout);
    expect(one.stderr).toContain("these sockets are closed: PLUG_SOCKETS is no");
    const byTap = await ikvswitch(["plug", "segment", "--format", "netns"]);
    expect(byTap).toMatchObject({ exitCode: 2, stdout: "" });
    expect(byTap.stderr).toContain("the segment has sockets only");
  });

  it("prints private keys and hashes of the switches' files only when asked for them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ikvswitch-render-"));
    try {
      const words = ["--set", `STATE_DIR=${folder}`, "--set", "BACKEND=qemu", "render", "leaf1", "--json"];
      const shown = (await ikvswitch(words)).stdout;
      expect(shown).not.toMatch(/PRIVATE KEY|\$6\$/);
      expect(JSON.parse(shown).nodes[0].files).toContainEqual({
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

  it("prints help and exits with 0", async () => {
    const { stdout, exitCode } = await ikvswitch(["--help"]);
    expect(stdout).toContain("Exit codes: 0 success");
    expect(exitCode).toBe(0);
  });

  it.each([
    [["chekc"], "usage", 2, "ikvswitch --help"],
    [["exec"], "usage", 2, "ikvswitch exec --help"],
    [["--set", "NUM_U=x", "plan"], "configuration", 2, undefined],
    [["--set", "RUN_DIR=/nonexistent/run", "exec", "leaf1", "true"], "not-running", 3, "ikvswitch up"],
  ])("reports the error of %j as JSON with --json", async (words, kind, exitCode, fix) => {
    const shown = await ikvswitch(["--json", ...words]);
    expect({ exitCode: shown.exitCode, stdout: shown.stdout }).toEqual({ exitCode, stdout: "" });
    expect(JSON.parse(shown.stderr).error).toEqual({
      ...{ kind, exitCode, message: expect.any(String) },
      ...(fix && { fix }),
    });
  });

  it("suggests a command for an unknown one and exits with 2", async () => {
    const { stdout, stderr, exitCode } = await ikvswitch(["chekc"]);
    expect(stdout).toBe("");
    expect(stderr).toBe("unknown command: chekc; did you mean check?\nSee 'ikvswitch --help'.");
    expect(exitCode).toBe(2);
  });

  it.each([
    [["vnc", "leaf1"], "no switch is running; 'ikvswitch up' starts them"],
    [["console", "leaf1"], "no switch is running; 'ikvswitch up' starts them"],
    [["logs", "leaf1"], "no switch is running; 'ikvswitch up' starts them"],
    [["exec", "leaf1", "true"], "no switch is running; 'ikvswitch up' starts them"],
    [["top", "--once"], "there is no link; 'ikvswitch up' makes them"],
  ])("%j says that nothing runs, and exits with 3", async (words, said) => {
    const { stdout, stderr, exitCode } = await ikvswitch(["--set", "RUN_DIR=/nonexistent/run", ...words]);
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: "", stderr: said, exitCode: 3 });
  });

  it.each([
    [["up", "--timeout", "soon"], "invalid value of --timeout: not a number of seconds, such as 30"],
    [["down", "--grace", "-1"], "invalid value of --grace: not a number of seconds, such as 30"],
    [["plan", "--config", "/etc/other.conf"], "--config was given twice"],
    [["check", "--only", "bgp", "--only", "bfd"], "--only was given twice"],
    [["capture", "leaf1", "-w", "a", "-w", "b"], "-w was given twice"],
    [["plan", "--set"], "missing value of --set\nSee 'ikvswitch plan --help'."],
    [["node", "stop"], "missing argument: NODES\nSee 'ikvswitch node stop --help'."],
    [["exec", "leaf1"], "missing argument: COMMAND\nSee 'ikvswitch exec --help'."],
    [["plan", "leaf1", "leaf2"], "unexpected argument: leaf2\nSee 'ikvswitch plan --help'."],
    [["link"], "ikvswitch link blackhole <endpoint> [peer]"],
    [["link"], "\n\nmissing command"],
    [["render", "--out", ""], "invalid value of --out: empty"],
    [["--set", "STATE_DIR=/nonexistent/ikvswitch", "ssh", "leaf1"], "no SSH keys yet; run 'ikvswitch up'"],
  ])("refuses %j with %j and exits with 2", async (words, said) => {
    const { stderr, exitCode } = await ikvswitch(words);
    expect(stderr).toContain(said);
    expect(exitCode).toBe(2);
  });
});
