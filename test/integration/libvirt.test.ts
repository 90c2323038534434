import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PositionReport } from "../../src/ports/report.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { createFabricSite, type FabricSite, pathFromOutside } from "../e2e/fabric-site.ts";
import { type Libvirt, startLibvirt } from "./libvirt-host.ts";
import { projectPath, type Started } from "./namespace.ts";
import { DISK, libvirtExportTests } from "./suites/libvirt-export.ts";

//   libvirt domain web1 ── ikvm1-3-1, ikvm1-3-2: the taps of rack 1 U3, which `plug` prints
//                       ── vnet0 ── bridge of the first tap of U4, by a libvirt network
//   libvirt domain web2 ── TCP socket ── the first tap of U4
//   libvirt domain server1-3 ── the same position, as `export libvirt` attaches it
//
// A real libvirtd on the network of a host without switches. Its domain needs no operating system.

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=5"];
const TIMEOUT_MS = 30_000;

/** Releases a device that QEMU is told to remove, as an operating system does (QEMU's docs/specs/acpi_pci_hotplug). */
const EJECTOR = [
  ...[0xfb, 0xf4], // 1: sti; hlt: until the next timer tick
  ...[0xba, 0x04, 0xae], // mov dx, 0xae04: slots to be removed
  ...[0x66, 0xed], // in eax, dx
  ...[0x66, 0x85, 0xc0], // test eax, eax
  ...[0x74, 0xf4], // jz 1b
  ...[0xba, 0x08, 0xae], // mov dx, 0xae08: slots to eject
  ...[0x66, 0xef], // out dx, eax
  ...[0xeb, 0xed], // jmp 1b
];

interface Plugged {
  readonly tap: string;
  readonly bridge: string;
  readonly mac: string;
}

let site: FabricSite;
let libvirt: Libvirt;

beforeAll(async () => {
  site = await createFabricSite(SETS);
  await site.ikvswitch(["net", "start"]);
  libvirt = await startLibvirt(site.host);
  const disk = new Uint8Array(1024 * 1024);
  disk.set(EJECTOR);
  disk.set([0x55, 0xaa], 510);
  await writeFile(pathFromOutside(site, "/run/web1.raw"), disk);
  await site.host.shell(`mkdir ${dirname(DISK)} && qemu-img convert -O qcow2 /run/web1.raw ${DISK}`);
  const interfaces = (await site.ikvswitch(["plug", "1", "3", "--format", "libvirt"])).stdout;
  await libvirt.virsh(["define", "FILE"], domain(interfaces));
});

afterAll(async () => {
  await libvirt?.close();
  await site.close();
});

/** A small machine whose devices can be exchanged while it runs. */
function domain(interfaces: string, name = "web1"): string {
  return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
  <features><acpi/></features>
  <devices>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='/run/web1.raw'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    ${interfaces}
  </devices>
</domain>`;
}

async function plugged(position: number): Promise<readonly Plugged[]> {
  const { nics } = (await site.json(["plug", "1", String(position)])) as {
    readonly nics: readonly Plugged[];
  };
  return nics;
}

/** Who is at the two NICs of a position of rack 1, by `ikvswitch ports`. */
async function holders(position: number): Promise<readonly (readonly string[])[]> {
  const { positions: all } = (await site.json(["ports"])) as {
    readonly positions: readonly PositionReport[];
  };
  return all.find((one) => one.position === position)?.nics.map(({ by }) => by) ?? [];
}

const BOTH = [["libvirt domain web1"], ["libvirt domain web1"]];
const NOBODY = [[], []];

/** Starts the program that `up` starts for sockets: this host has no switches. */
async function startSockets(list: string): Promise<Started> {
  await site.host.shell(`
    install -d -o ikvswitch /run/plug
    install -d /run/plug-sockets
    cp ${projectPath("libexec/plug-sockets")} /run/plug-sockets/program
    echo '${list}' >/run/plug-sockets/list`);
  const words = ["perl", "/run/plug-sockets/program", "/run/plug-sockets/list"];
  const program = site.host.start("setpriv", ["--reuid", "ikvswitch", "--clear-groups", ...words]);
  await new Promise<void>((resolve) => program.watch(() => resolve()));
  return program;
}

/** Waits until these hold the position's NICs: libvirt returns before QEMU has closed a tap. */
function untilHeld(position: number, expected: readonly (readonly string[])[]): Promise<void> {
  const options = { what: `the holders of U${position}`, timeoutMs: TIMEOUT_MS, intervalMs: 500 };
  return pollUntil(options, async () => {
    const seen = JSON.stringify(await holders(position));
    return seen === JSON.stringify(expected) ? { done: true, value: undefined } : { done: false, seen };
  });
}

/** What libvirt must leave as it is: address, bridge, MTU, owner and port settings of a position's taps. */
async function taps(position: number): Promise<unknown> {
  const names = (await plugged(position)).map(({ tap }) => tap);
  return Promise.all(
    names.map(async (name) => {
      const { stdout } = await site.host.run("ip", ["-j", "-d", "link", "show", "dev", name]);
      const [{ address, master, mtu, linkinfo }] = JSON.parse(stdout);
      const { user, persist } = linkinfo.info_data;
      return { name, address, master, mtu, user, persist, learning: linkinfo.info_slave_data.learning };
    }),
  );
}

describe("a libvirt domain with the interfaces that `plug` prints", () => {
  it("starts at its position, where `ports` names it", async () => {
    const before = await taps(3);
    await libvirt.virsh(["start", "web1"]);
    await untilHeld(3, BOTH);
    const nics = await plugged(3);
    const { stdout } = await libvirt.virsh(["domiflist", "web1"]);
    for (const { tap, mac } of nics) {
      expect(stdout).toMatch(new RegExp(`${tap} +ethernet +- +virtio +${mac}`));
      expect((await site.host.run("cat", [`/sys/class/net/${tap}/carrier`])).stdout).toBe("1\n");
    }
    expect(await taps(3)).toEqual(before);
  });

  it("may have an interface removed and added while it runs, which leaves the taps in place", async () => {
    const elements = (await site.ikvswitch(["plug", "1", "3", "--format", "libvirt"])).stdout.split(
      /(?<=<\/interface>)\n/,
    );
    const [first, second = ""] = elements;
    expect(first).toContain("ikvm1-3-1");
    const before = await taps(3);
    await libvirt.virsh(["detach-device", "web1", "FILE", "--live"], second);
    await untilHeld(3, [["libvirt domain web1"], []]);
    await libvirt.virsh(["attach-device", "web1", "FILE", "--live"], second);
    await untilHeld(3, BOTH);
    expect(await taps(3)).toEqual(before);
  });

  it("leaves its position free and the host's network as planned when it ends", async () => {
    await libvirt.virsh(["destroy", "web1"]);
    await untilHeld(3, NOBODY);
    await site.ikvswitch(["net", "status"]);
  });

  it("may attach by a socket from its start, with an interface of type client", async () => {
    const sockets = await startSockets("1-4-1 1 29003 /run/plug/1-4-1 ikvm1-4-1");
    const { stdout } = await site.ikvswitch(["plug", "1", "4", "--format", "libvirt-socket"]);
    const [client = ""] = stdout.split(/(?<=<\/interface>)\n/);
    expect(client).toContain("port='29003'");
    await libvirt.virsh(["create", "FILE"], domain(client, "web2"));
    await untilHeld(4, [["libvirt domain web2 by TCP socket"], []]);
    await libvirt.virsh(["destroy", "web2"]);
    await untilHeld(4, NOBODY);
    sockets.kill("SIGTERM");
    await sockets.output;
  });
});

libvirtExportTests(() => ({ site, libvirt, untilHeld }));
