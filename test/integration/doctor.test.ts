import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/host/findings/finding.ts";
import { captureState } from "./host-state.ts";
import { projectPath, type RunOptions, searchPath } from "./namespace.ts";
import { useTestSite } from "./test-site.ts";

const test = await useTestSite();

async function doctor(words: readonly string[], options: RunOptions): Promise<string> {
  const program = [
    projectPath("bin/ikvswitch"),
    "doctor",
    ...words,
    "--config",
    projectPath("etc/ikvswitch.conf"),
  ];
  return (await test.host.run(process.execPath, program, options)).stdout;
}

async function findings(options: RunOptions = { exitCodes: [0, 3] }): Promise<ReadonlyMap<string, Finding>> {
  const list: readonly Finding[] = JSON.parse(await doctor(["--json"], options)).findings;
  return new Map(list.map((finding) => [finding.name, finding]));
}

/** Reports whether the kernel can create this device, next to a bridge named br0. */
async function canMake(line: string): Promise<boolean> {
  const input = `link add br0 type bridge\nlink add ${line}\n`;
  const words = ["--net", "--", "ip", "-batch", "-"];
  return (await test.host.run("unshare", words, { input, exitCodes: [0, 1, 2] })).exitCode === 0;
}

describe("the doctor", () => {
  it("finds all that set-up has installed, and changes nothing", async () => {
    const before = await captureState(test.host);
    const found = await findings();
    const names = [
      "root",
      "user ikvswitch",
      "/dev/net/tun",
      "bridge driver",
      "ip",
      "iptables-restore or nft",
      "nft",
    ];
    for (const name of [...names, "setpriv", "mmdebstrap", "mkfs.erofs", "ssh", "ipmi_sim", "ipmitool"]) {
      expect(found.get(name)?.status, name).toBe("found");
    }
    expect(found.get("br_netfilter")?.detail).toBe("enabled; links are exempted");
    expect(await captureState(test.host)).toEqual(before);
  });

  it("probes KVM even if the emulator can't access the state directory", async () => {
    await test.host.run("install", ["-d", "-m", "0700", "/var/lib/ikvswitch"]);
    expect((await findings()).get("KVM")?.detail).not.toContain("/var/lib/ikvswitch");
  });

  it("reports no KVM if QEMU crashes under KVM, with the reason", async () => {
    // Some nested hosts behave like this. The QEMU of this search path does the same, with any /dev/kvm.
    const options = await searchPath(
      test.host,
      `mount -t tmpfs -o mode=0755 tmpfs /srv
      printf '%s\\n' '#!/bin/sh' 'case "$*" in' '--version) echo "QEMU emulator version 7.2.22"; exit ;;' 'esac' \
        'echo "error: failed to set MSR 0x48f to 0x7fffff00036dfb" >&2' 'kill -ABRT $$' >/srv/qemu
      chmod 0755 /srv/qemu /run/programs
      ln -sf /srv/qemu qemu-system-x86_64
      ln -sf /srv/qemu qemu-system-aarch64
      mkdir /srv/dev && cp -a /dev/null /dev/zero /dev/urandom /dev/net /srv/dev && mknod /srv/dev/kvm c 10 232
      mount --bind /srv/dev /dev`,
    );
    const kvm = (await findings({ ...options, exitCodes: [0, 3] })).get("KVM");
    expect(kvm?.status).toBe("optional-missing");
    expect(kvm?.detail).toBe(
      "no KVM: QEMU was killed by SIGABRT (error: failed to set MSR 0x48f to 0x7fffff00036dfb)",
    );
  });

  it("reports the kinds of device that this kernel has", async () => {
    const found = await findings();
    const status = (has: boolean) => (has ? "found" : "optional-missing");
    expect(found.get("dummy driver")?.status).toBe(status(await canMake("d0 type dummy")));
    expect(found.get("802.1Q VLANs")?.status).toBe(status(await canMake("link br0 name v0 type vlan id 2")));
  });

  it("reports for each missing item why it is needed and how to get it, and exits with 3", async () => {
    const options = await searchPath(test.host, "rm -f mmdebstrap iptables* ip6tables* nft ipmitool");
    const found = await findings({ ...options, exitCodes: [3] });
    expect(found.get("mmdebstrap")).toEqual({
      name: "mmdebstrap",
      status: "missing",
      detail: "not installed",
      why: "builds the switches' image from Debian packages",
      fix: "apt install mmdebstrap",
    });
    expect(found.get("iptables-restore or nft")?.status).toBe("missing");
    expect(found.get("ipmitool")?.status).toBe("optional-missing");
    const text = await doctor([], { ...options, exitCodes: [3] });
    expect(text).toMatch(/^MISSING +mmdebstrap +not installed\n +why: .*\n +fix: apt install mmdebstrap$/m);
  });

  it("reports an emulator's user that does not exist and a tun device that it can't open", async () => {
    const found = async () => {
      const words = ["--json", "--set", "EMULATOR_USER=nobody"];
      const list: readonly Finding[] = JSON.parse(await doctor(words, { exitCodes: [0, 3] })).findings;
      return list.find(({ name }) => name === "/dev/net/tun for the emulator's user")?.status;
    };
    await test.host.shell("mount -t tmpfs tmpfs /dev/net; mknod -m 0666 /dev/net/tun c 10 200");
    expect(await found()).toBe("found");
    await test.host.run("chmod", ["0600", "/dev/net/tun"]);
    expect(await found()).toBe("missing");
    const missing = await doctor(["--set", "EMULATOR_USER=ghost"], { exitCodes: [3] });
    expect(missing).toMatch(/MISSING +user ghost +no such user/);
  });

  it("reports only facts that it can find out without root", async () => {
    // The installation may be accessible to root only.
    await test.host.shell(`mkdir -p /run/product && mount --bind ${projectPath(".")} /run/product`);
    const program = ["/run/product/bin/ikvswitch", "doctor", "--json"];
    const asNobody = ["--reuid", "nobody", "--clear-groups", "--", process.execPath, ...program];
    const list: readonly Finding[] = JSON.parse(
      (await test.host.run("setpriv", asNobody, { exitCodes: [3] })).stdout,
    ).findings;
    const found = new Map(list.map((finding) => [finding.name, finding]));
    expect(found.get("root")?.status).toBe("missing");
    for (const name of ["/dev/net/tun for the emulator's user", "dummy driver"]) {
      const known = found.get(name)?.detail.startsWith("module ") ? "found" : "optional-missing";
      expect(found.get(name)?.status, name).toBe(known);
    }
  });
});
