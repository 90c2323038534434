import { UsageError } from "../../errors.ts";
import type { PositionNic } from "../../fabric/positions.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Host } from "../../system/host.ts";
import { command } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { print, printJson, tell } from "../output.ts";

interface PlugOptions extends GlobalOptions {
  readonly rack: string;
  readonly u: string;
  readonly format: keyof typeof formats;
  readonly mac: readonly string[];
}

type Format = (nics: readonly PositionNic[], name: string) => string;

const formats: Readonly<Record<"qemu" | "libvirt" | "virt-install" | "netns", () => Promise<Format>>> = {
  qemu: async () => (await import("../../export/plug/qemu.ts")).qemuArguments,
  libvirt: async () => (await import("../../export/plug/libvirt.ts")).libvirtInterfaces,
  "virt-install": async () => (await import("../../export/plug/libvirt.ts")).virtInstallOptions,
  netns: async () => (await import("../../export/plug/netns.ts")).netnsCommands,
};

export const plugCommand = command<PlugOptions>({
  command: "plug <rack> <u>",
  describe: "Print the options or commands that attach a server to a rack position",
  builder: (parser) =>
    parser
      .positional("rack", { type: "string", describe: "Rack: 1, 2, ..." })
      .positional("u", { type: "string", describe: "Position: 3, 4, ..." })
      .option("format", {
        choices: Object.keys(formats),
        default: "qemu",
        describe: "Output format: qemu, libvirt, virt-install or netns (default: qemu)",
      })
      .option("mac", {
        type: "string",
        array: true,
        nargs: 1,
        default: [],
        describe: "MAC of the first NIC; repeat for the second NIC (default: 02:69:RACK:U:NIC)",
      })
      .example("qemu-system-x86_64 ... $($0 plug 1 3)", "start a VM at U3 of rack 1")
      .example("$0 plug 1 3 --format libvirt", "print the interfaces of a libvirt domain")
      .example("$0 plug 2 4 --format netns | sh -e", "attach a network namespace as the server"),
  run: async (options) => {
    const { host, fabric } = await loadContext(options);
    const { positionNics } = await import("../../fabric/positions.ts");
    const rack = wholeNumber("RACK", options.rack);
    const position = wholeNumber("U", options.u);
    const nics = await withMacs(fabric, positionNics(fabric, rack, position), options.mac);
    await warnOfOccupation(host, nics);
    if (options.json) {
      printJson(nics);
      return;
    }
    const format = await formats[options.format]();
    print(`${format(nics, `server${rack}-${position}`)}\n`);
  },
});

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new UsageError(`invalid ${name}: "${text}" is not a whole number`);
  }
  return Number(text);
}

async function withMacs(
  fabric: Fabric,
  nics: readonly PositionNic[],
  words: readonly string[],
): Promise<readonly PositionNic[]> {
  const { Mac } = await import("../../net/mac.ts");
  if (words.length > nics.length) {
    throw new UsageError(`--mac was given ${words.length} times; a position has ${nics.length} NICs`);
  }
  const macs = words.map((word) => {
    const mac = Mac.parse(word);
    if (mac === null || mac.isMulticast) {
      throw new UsageError(
        `invalid value of --mac: "${word}" is not a unicast MAC address (02:00:00:00:00:01)`,
      );
    }
    return mac;
  });
  const chosen = nics.map((nic, index) => ({ ...nic, mac: macs[index] ?? nic.mac }));
  refuseDuplicates(fabric, chosen);
  return chosen;
}

/** Two equal MACs in one network take each other's frames. */
function refuseDuplicates(fabric: Fabric, nics: readonly PositionNic[]): void {
  const taken = new Map<string, string>([
    ...fabric.nodes.flatMap(({ name, ports }) =>
      ports.map((port) => [String(port.mac), `${name} ${port.name}`] as const),
    ),
    ...fabric.links.flatMap(({ bridge, interfaces }) =>
      [bridge, ...interfaces].map((device) => [String(device.mac), device.name] as const),
    ),
  ]);
  for (const { nic, mac } of nics) {
    const owner = taken.get(String(mac));
    if (owner !== undefined) {
      throw new UsageError(`MAC ${mac} is already used by ${owner}; choose another with --mac`);
    }
    taken.set(String(mac), `NIC ${nic} of this server`);
  }
}

async function warnOfOccupation(host: Host, nics: readonly PositionNic[]): Promise<void> {
  const carriers = await Promise.all(nics.map(({ tap }) => hasCarrier(host, tap)));
  const occupied = nics.filter((_, index) => carriers[index] === true).map(({ tap }) => tap);
  if (occupied.length > 0) {
    tell(
      `Warning: a VM is already attached: ${occupied.join(", ")} ${occupied.length > 1 ? "have" : "has"} carrier`,
    );
  }
}

/** The kernel gives an error instead of a number where the device is down. */
async function hasCarrier(host: Host, tap: string): Promise<boolean> {
  const text = await host.readFile(`/sys/class/net/${tap}/carrier`).catch(() => undefined);
  return text?.trim() === "1";
}
