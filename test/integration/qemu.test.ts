import { afterEach, describe, expect, it } from "vitest";
import { powerOff, powerOn, powerState, stopMachine } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { findMachines, machinePid } from "../../src/backends/qemu/process.ts";
import { CommandError, PreflightError } from "../../src/errors.ts";
import { chooseAccelerator } from "../../src/qemu/accel.ts";
import { pressReset } from "../../src/qemu/power.ts";
import { acceleratorProbe } from "../../src/qemu/probe.ts";
import { withQmp } from "../../src/qemu/qmp.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";
import { bootSectorNodes, changeArguments, NOBODY, removeNodes } from "./boot-sector-machine.ts";

const host = localHost();
const created: string[] = [];

async function nodes(kinds: Parameters<typeof bootSectorNodes>[1]): Promise<string> {
  const runDir = await bootSectorNodes(host, kinds);
  created.push(runDir);
  return runDir;
}

async function runningPid(runDir: string, name: string): Promise<number> {
  const state = await powerState(host, nodeFolder(runDir, name));
  if (state.power === "off") {
    throw new Error(`${name} is off`);
  }
  return state.pid;
}

afterEach(async () => {
  for (const runDir of created.splice(0)) {
    await removeNodes(host, runDir);
  }
});

describe("a VM", () => {
  it("is started once, as the unprivileged user without any capability, and its state is reported", async () => {
    const runDir = await nodes({ leaf1: "obedient" });
    expect(await powerState(host, nodeFolder(runDir, "leaf1"))).toEqual({ power: "off" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const pid = await runningPid(runDir, "leaf1");
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    expect(await runningPid(runDir, "leaf1")).toBe(pid);

    const status = (await host.readFile(`/proc/${pid}/status`)) ?? "";
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^Gid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^Groups:\s*$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    // 2: a seccomp filter is active (proc(5)).
    expect(status).toMatch(/^Seccomp:\t2$/m);
  });

  it("shuts itself down when its power button is pressed", async () => {
    const runDir = await nodes({ leaf1: "obedient" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    // The guest handles the button once its firmware has loaded it; an earlier press is lost, as on real machines.
    await withQmp(host, { socket: nodeFolder(runDir, "leaf1").qmp, timeoutMs: 20_000 }, async (qmp) => {
      for (let armed = ""; !armed.includes("0x0100"); ) {
        armed = String(await qmp.execute("human-monitor-command", { "command-line": "i /h 0x602" }));
      }
    });
    expect(await stopMachine(host, nodeFolder(runDir, "leaf1"), { graceMs: 20_000 })).toBe("clean");
    expect(await powerState(host, nodeFolder(runDir, "leaf1"))).toEqual({ power: "off" });
    expect(await stopMachine(host, nodeFolder(runDir, "leaf1"), { graceMs: 1_000 })).toBe("was off");
  });

  it("is forced off if it ignores the button, and can be started again", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const first = await runningPid(runDir, "leaf1");
    expect(await stopMachine(host, nodeFolder(runDir, "leaf1"), { graceMs: 200 })).toBe("forced");
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    expect(await runningPid(runDir, "leaf1")).not.toBe(first);
    await powerOff(host, nodeFolder(runDir, "leaf1"));
    expect(await powerState(host, nodeFolder(runDir, "leaf1"))).toEqual({ power: "off" });
  });

  it("is forced off even if its emulator is stopped and does not answer", async () => {
    const runDir = await nodes({ leaf1: "obedient" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    await host.kill(await runningPid(runDir, "leaf1"), "SIGSTOP");
    expect(await stopMachine(host, nodeFolder(runDir, "leaf1"), { graceMs: 200 })).toBe("forced");
  });

  it("resets without a new process", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const pid = await runningPid(runDir, "leaf1");
    await pressReset(host, nodeFolder(runDir, "leaf1"));
    expect(await runningPid(runDir, "leaf1")).toBe(pid);
  });

  it("is off after kill -9, and starts again even though its pid file and sockets were left behind", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const pid = await runningPid(runDir, "leaf1");
    await host.kill(pid, "SIGKILL");
    await expect.poll(() => powerState(host, nodeFolder(runDir, "leaf1"))).toEqual({ power: "off" });
    expect(await host.readFile(nodeFolder(runDir, "leaf1").pid)).toBe(`${pid}\n`);
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    expect(await runningPid(runDir, "leaf1")).not.toBe(pid);
  });

  it("is not mistaken for another process that got its pid", async () => {
    const runDir = await nodes({ leaf1: "stubborn", leaf2: "stubborn" });
    await powerOn(host, nodeFolder(runDir, "leaf2"));
    const other = await runningPid(runDir, "leaf2");
    await host.writeFile(nodeFolder(runDir, "leaf1").pid, `${other}\n`);
    expect(await powerState(host, nodeFolder(runDir, "leaf1"))).toEqual({ power: "off" });
    await powerOff(host, nodeFolder(runDir, "leaf1"));
    expect(await runningPid(runDir, "leaf2")).toBe(other);

    await host.writeFile(nodeFolder(runDir, "leaf1").pid, `${process.pid}\n`);
    expect(await machinePid(host, nodeFolder(runDir, "leaf1"))).toBeUndefined();
  });

  it("is found by root's record of its process, or by its arguments if that is lost", async () => {
    const runDir = await nodes({ leaf1: "stubborn", leaf2: "stubborn" });
    await Promise.all([
      powerOn(host, nodeFolder(runDir, "leaf1")),
      powerOn(host, nodeFolder(runDir, "leaf2")),
    ]);
    const [one, two] = [await runningPid(runDir, "leaf1"), await runningPid(runDir, "leaf2")];
    const found = async () =>
      Object.fromEntries(
        [...(await findMachines(host, runDir))].map(([name, all]) => [name, all.map(({ pid }) => pid)]),
      );
    await host.remove(nodeFolder(runDir, "leaf1").pid);
    await host.remove(nodeFolder(runDir, "leaf1").process);
    expect(await found()).toEqual({ leaf1: [one], leaf2: [two] });
    // A guest that has broken out of its emulator can overwrite the arguments (fields 48 and 49 of its stat).
    const overwrite = `
      open my $stat, "<", "/proc/$ARGV[0]/stat"; my @f = split / /, readline($stat) =~ s/.*\\) //sr;
      open my $mem, "+<", "/proc/$ARGV[0]/mem"; sysseek $mem, $f[45], 0; syswrite $mem, "x" x ($f[46] - $f[45]) or die`;
    await host.run({ file: "perl", args: ["-e", overwrite, `${two}`] });
    expect(await machinePid(host, nodeFolder(runDir, "leaf2"))).toBe(two);
    expect(await found()).toEqual({ leaf1: [one], leaf2: [two] });
    await powerOff(host, nodeFolder(runDir, "leaf2"));
    // Our child process, which Node has yet to collect.
    await expect.poll(() => host.kill(two ?? 0, 0)).toBe(false);
  });

  it("that QEMU refuses fails with QEMU's own message", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    const nic = ["-netdev", "tap,id=ens4,ifname=ikv/none,script=no,downscript=no"];
    await changeArguments(host, runDir, "leaf1", (args) => [...args, ...nic]);
    const failure = await powerOn(host, nodeFolder(runDir, "leaf1")).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandError);
    expect(String(failure)).toMatch(/-netdev tap,id=ens4,ifname=ikv.none.*: could not .*\/dev\/net\/tun/);
  });

  it("that was never brought up can't be powered on, and the message names the command to run", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    await expect(powerOn(host, nodeFolder(runDir, "leaf9"))).rejects.toThrow("run 'ikvswitch up'");
  });
});

describe("QMP", () => {
  it("returns the results of commands, and QEMU's reason if it refuses one", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    await withQmp(host, { socket: nodeFolder(runDir, "leaf1").qmp, timeoutMs: 10_000 }, async (qmp) => {
      expect(await qmp.execute("query-name")).toEqual({ name: "leaf1" });
      await expect(qmp.execute("set_link", { name: "ens4", up: false })).rejects.toThrow(
        "Device 'ens4' not found",
      );
      await expect(qmp.execute("no-such-command")).rejects.toBeInstanceOf(CommandError);
    });
  });

  it("waits for its turn while another client is connected", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const options = { socket: nodeFolder(runDir, "leaf1").qmp, timeoutMs: 10_000 };
    const names = await Promise.all(
      Array.from({ length: 5 }, () => withQmp(host, options, (qmp) => qmp.execute("query-name"))),
    );
    expect(names).toEqual(Array.from({ length: 5 }, () => ({ name: "leaf1" })));
  });

  it("fails in time if QEMU ends or does not answer", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const pid = await runningPid(runDir, "leaf1");
    const socket = nodeFolder(runDir, "leaf1").qmp;
    await host.kill(pid, "SIGSTOP");
    await expect(
      withQmp(host, { socket, timeoutMs: 300 }, (qmp) => qmp.execute("query-name")),
    ).rejects.toThrow("timed out after 0.3 s");
    const waiting = withQmp(host, { socket, timeoutMs: 10_000 }, (qmp) => qmp.execute("query-name"));
    await host.kill(pid, "SIGKILL");
    // The error depends on whether the connection was established by then.
    await expect(waiting).rejects.toThrow(/the connection was closed|the VM is not running/);
    await expect(withQmp(host, { socket, timeoutMs: 300 }, async () => {})).rejects.toThrow(
      "the VM is not running",
    );
  });
});

describe("the accelerator probe", () => {
  it("boots and exits with its own exit code under emulation", async () => {
    const runDir = await nodes({ leaf1: "stubborn" });
    const probe = acceleratorProbe("x86_64");
    await host.writeFile(`${runDir}/probe.img`, probe.program);
    const result = await host.run(probe.command(`${runDir}/probe.img`, "tcg"), {
      okExitCodes: [probe.exitCode],
      timeoutMs: 20_000,
    });
    expect(result.exitCode).toBe(probe.exitCode);
  });

  it("tests if a guest runs under KVM, stores the result, and leaves nothing running", async () => {
    const stateDir = await nodes({ leaf1: "stubborn" });
    const request = {
      wanted: "auto" as const,
      architecture: "x86_64" as const,
      user: { name: "root", uid: 0, gid: 0, kvmGid: null },
      stateDir,
      qemuVersion: "one",
    };
    const first = await chooseAccelerator(host, request);
    expect(first.reason === "").toBe(first.accelerator === "kvm");
    let programs = 0;
    const counting: Host = {
      ...host,
      run: (...args) => {
        programs += 1;
        return host.run(...args);
      },
    };
    expect(await chooseAccelerator(counting, request)).toEqual(first);
    // A refusal or a crash is not stored, since it can be observed again quickly.
    expect(programs === 0).toBe(
      first.accelerator === "kvm" || /did not finish|no \/dev\/kvm/.test(first.reason),
    );
    expect(await host.list(stateDir)).not.toContain("accelerator-probe.img");

    const demanded = await chooseAccelerator(host, { ...request, wanted: "kvm" }).catch(
      (error: unknown) => error,
    );
    if (first.accelerator === "kvm") {
      expect(demanded).toEqual(first);
    } else {
      expect(demanded).toBeInstanceOf(PreflightError);
      expect(String(demanded)).toContain("KVM does not work");
    }
  });

  it("is not run if emulation is configured", async () => {
    const request = { wanted: "tcg" as const, architecture: "x86_64" as const, user: NOBODY };
    expect(await chooseAccelerator(host, { ...request, stateDir: "/nonexistent", qemuVersion: "" })).toEqual({
      accelerator: "tcg",
      reason: "",
    });
  });
});
