import { describe, expect, it } from "vitest";
import { powerOn, powerState } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { consoleSocket, simulatorSocket } from "../../src/bmc/endpoint.ts";
import { bmcPaths } from "../../src/bmc/paths.ts";
import { startBmcs } from "../../src/bmc/start.ts";
import { stopBmcs } from "../../src/bmc/stop.ts";
import { addressOf, bmcSite, PASSWORD, USER } from "./bmc-site.ts";
import { changeArguments } from "./boot-sector-machine.ts";
import { bmcProcessTests } from "./suites/bmc-processes.ts";

const site = bmcSite();
const { settings, ipmitool, nodeCalled, power, machinePid, armed, offerSerial, serialClient } = site;

describe("a BMC", () => {
  it("switches its node's VM on and off, and reports the power state", async () => {
    await startBmcs(site.host, site.fabric, settings());
    expect(await power()).toBe("Chassis Power is off");

    expect((await ipmitool(["chassis", "power", "on"])).stdout).toContain("Up/On");
    expect(await power()).toBe("Chassis Power is on");
    const pid = await machinePid("leaf1");
    await ipmitool(["chassis", "power", "on"]);
    expect(await machinePid("leaf1")).toBe(pid);
    expect((await powerState(site.host, nodeFolder(site.runDir, "internet"))).power).toBe("off");

    expect((await ipmitool(["chassis", "power", "off"])).stdout).toContain("Down/Off");
    expect(await power()).toBe("Chassis Power is off");
    expect((await powerState(site.host, nodeFolder(site.runDir, "leaf1"))).power).toBe("off");
  });

  it("cycles the power, which starts a new VM", async () => {
    await startBmcs(site.host, site.fabric, settings());
    await powerOn(site.host, nodeFolder(site.runDir, "leaf1"));
    const before = await machinePid("leaf1");
    expect((await ipmitool(["chassis", "power", "cycle"])).stdout).toContain("Cycle");
    await expect
      .poll(async () => (await powerState(site.host, nodeFolder(site.runDir, "leaf1"))).power, {
        timeout: 20_000,
      })
      .toBe("on");
    expect(await machinePid("leaf1")).not.toBe(before);
  });

  it("resets a running VM, and reports an error if none runs", async () => {
    const firmwareLog = `${nodeFolder(site.runDir, "leaf1").run}/firmware.log`;
    await changeArguments(site.host, site.runDir, "leaf1", (args) => [
      ...args,
      ...["-debugcon", `file:${firmwareLog}`, "-global", "isa-debugcon.iobase=0x402"],
    ]);
    // The firmware's last message. A reset while the firmware still copies itself to memory would find only half of it.
    const boots = async () =>
      ((await site.host.readFile(firmwareLog)) ?? "").match(/^Booting from 0000:7c00/gm)?.length ?? 0;
    await startBmcs(site.host, site.fabric, settings());
    await powerOn(site.host, nodeFolder(site.runDir, "leaf1"));
    await expect.poll(boots, { timeout: 20_000 }).toBe(1);
    const before = await machinePid("leaf1");
    expect((await ipmitool(["chassis", "power", "reset"])).stdout).toContain("Reset");
    await expect.poll(boots, { timeout: 20_000 }).toBe(2);
    expect(await machinePid("leaf1")).toBe(before);

    await ipmitool(["chassis", "power", "off"]);
    const refused = await ipmitool(["chassis", "power", "reset"]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("Set Chassis Power Control to Reset failed");
  });

  it("presses the power button, and the VM shuts itself down", async () => {
    await startBmcs(site.host, site.fabric, settings());
    await powerOn(site.host, nodeFolder(site.runDir, "leaf1"));
    await armed(nodeFolder(site.runDir, "leaf1").qmp);
    expect((await ipmitool(["chassis", "power", "soft"])).stdout).toContain("Soft");
    await expect
      .poll(async () => (await powerState(site.host, nodeFolder(site.runDir, "leaf1"))).power, {
        timeout: 20_000,
      })
      .toBe("off");
  });

  it("carries the serial console, also of a VM that is switched on during the session", async () => {
    const leaf2 = nodeCalled("leaf2");
    await offerSerial("leaf2");
    await startBmcs(site.host, site.fabric, settings());
    const client = await serialClient(leaf2);
    await ipmitool(["chassis", "power", "on"], { node: leaf2 });
    await client.types("is anybody there");
    await ipmitool(["chassis", "power", "cycle"], { node: leaf2 });
    await client.types("and now");
    expect(await client.leaves()).toContain("terminated ipmitool");

    const second = await serialClient(leaf2);
    await second.types("somebody else");
    await second.leaves();
  });

  it("does not share its VM's console with other programs", async () => {
    const leaf2 = nodeCalled("leaf2");
    await offerSerial("leaf2");
    await startBmcs(site.host, site.fabric, settings());
    await powerOn(site.host, nodeFolder(site.runDir, "leaf2"));
    const { address, port } = consoleSocket(leaf2);
    const script = `exec 3<>/dev/tcp/${address}/${port} && echo hello >&3 && cat <&3`;
    // Root here is not the emulator's user: the connection is closed without output.
    const result = await site.host.run(
      { file: "bash", args: ["-c", script] },
      { okExitCodes: [1], timeoutMs: 20_000 },
    );
    expect(result.stdout).toBe("");
    const client = await serialClient(leaf2);
    await client.types("still there");
    await client.leaves();
  });

  it("reports the switch that it belongs to", async () => {
    await startBmcs(site.host, site.fabric, settings());
    expect((await ipmitool(["fru", "print"])).stdout).toMatch(/Product Name +: leaf1/);
    expect((await ipmitool(["sdr", "elist", "all"])).stdout).toMatch(/^leaf1 /);
  });

  it("answers a client's query for cipher suites at once", async () => {
    await startBmcs(site.host, site.fabric, settings());
    const startedMs = performance.now();
    const result = await ipmitool(["mc", "guid"]);
    expect(result.stderr).not.toContain("Cipher Suites");
    expect(result.exitCode).toBe(0);
    // A client without an answer gives up after ten seconds.
    expect(performance.now() - startedMs).toBeLessThan(8_000);
    expect((await ipmitool(["channel", "getciphers", "ipmi"])).stdout).toMatch(
      /^3 .*hmac_sha1.*aes_cbc_128/m,
    );
  });

  it("outlives a datagram from port 0, to which nothing can be sent", async () => {
    await startBmcs(site.host, site.fabric, settings());
    // The query for cipher suites, which is answered outside of a session.
    const query = "0600ff07060000000000000000000a002018c88104540e008099";
    const script = [
      "use Socket; my ($to, $data) = @ARGV; $data = pack('H*', $data);",
      "socket(my $raw, PF_INET, SOCK_RAW, getprotobyname('udp')) or die $!;",
      "my $header = pack('nnnn', 0, 623, 8 + length($data), 0);",
      "send($raw, $header . $data, 0, sockaddr_in(0, inet_aton($to))) or die $!;",
    ].join(" ");
    await site.host.run({ file: "perl", args: ["-e", script, addressOf(site.leaf1), query] });
    expect(await power()).toBe("Chassis Power is off");
  });

  it("starts VMs without its own capability, open files and environment", async () => {
    await startBmcs(site.host, site.fabric, settings());
    await ipmitool(["chassis", "power", "on"]);
    const pid = await machinePid("leaf1");
    const status = (await site.host.readFile(`/proc/${pid}/status`)) ?? "";
    expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(status).toMatch(/^CapPrm:\t0+$/m);
    expect(status).toMatch(/^CapAmb:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    const environment = ((await site.host.readFile(`/proc/${pid}/environ`)) ?? "").split("\0").sort();
    expect(environment.join(" ").trim()).toBe(
      "HOME=/root LANG=C.UTF-8 LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    );
    const files = (await site.host.run({ file: "ls", args: ["-l", `/proc/${pid}/fd`] })).stdout;
    expect(files).toContain(nodeFolder(site.runDir, "leaf1").qemuLog);
    expect(files).not.toContain(bmcPaths(site.runDir).folder);

    await stopBmcs(site.host, site.fabric, { runDir: site.runDir });
    expect(await site.host.readFile("/proc/net/udp")).not.toMatch(/:026F /);
    expect(await machinePid("leaf1")).toBe(pid);
  });
});

describe("a BMC refuses", () => {
  it("a wrong password and a user who does not exist", async () => {
    await startBmcs(site.host, site.fabric, settings());
    for (const wrong of [
      { password: PASSWORD.slice(0, -1) },
      { password: "" },
      { user: "root" },
      { user: "" },
    ]) {
      const result = await ipmitool(["chassis", "power", "on"], { ...wrong, more: ["-R", "1"] });
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toContain("Unable to establish IPMI v2 / RMCP+ session");
    }
    expect((await powerState(site.host, nodeFolder(site.runDir, "leaf1"))).power).toBe("off");
  });

  it("every cipher suite except one, through the proxy and past it", async () => {
    await startBmcs(site.host, site.fabric, settings());
    const inside = simulatorSocket(site.leaf1, { address: addressOf(site.leaf1), port: 623 }).address;
    for (const address of [addressOf(site.leaf1), inside]) {
      for (const suite of [0, 1, 2, 6, 7, 8, 11, 12, 17]) {
        const more = ["-C", String(suite), "-R", "1"];
        const result = await ipmitool(["chassis", "power", "on"], { address, more });
        expect([suite, result.exitCode]).toEqual([suite, 1]);
        expect(result.stderr).toMatch(/no matching cipher suite|invalid .* algorithm/);
      }
    }
    expect((await powerState(site.host, nodeFolder(site.runDir, "leaf1"))).power).toBe("off");
  });

  it("sessions of IPMI 1.5, with and without authentication", async () => {
    await startBmcs(site.host, site.fabric, settings({ kind: "on", user: USER, password: "short" }));
    for (const type of ["NONE", "MD2", "MD5", "PASSWORD"]) {
      const result = await site.host.run(
        {
          file: "ipmitool",
          args: [
            ...["-I", "lan", "-H", addressOf(site.leaf1), "-U", USER, "-P", "short", "-A", type, "-R", "1"],
            ...["chassis", "power", "on"],
          ],
        },
        { okExitCodes: [1], timeoutMs: 60_000 },
      );
      expect(result.exitCode).toBe(1);
    }
    expect((await powerState(site.host, nodeFolder(site.runDir, "leaf1"))).power).toBe("off");
  });
});

bmcProcessTests(site);
