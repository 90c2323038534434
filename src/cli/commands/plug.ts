import { UsageError } from "../../errors.ts";
import type { SocketNic } from "../../export/plug/sockets.ts";
import type { PluggedNic, PositionNic } from "../../fabric/positions.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Mac } from "../../net/mac.ts";
import type { Host } from "../../system/host.ts";
import { command } from "../command.ts";
import { type Context, type GlobalOptions, loadContext } from "../context.ts";
import { print, tell } from "../output.ts";
import { printDocument } from "../print-document.ts";

interface PlugOptions extends GlobalOptions {
  /** A number, or `segment`. */
  readonly rack: string;
  readonly u: string | undefined;
  readonly format: TapFormat | SocketFormat | undefined;
  readonly mac: readonly string[];
}

type TapFormat = keyof typeof tapFormats;
type SocketFormat = keyof typeof socketFormats;
type PlugNic = PluggedNic & Partial<SocketNic>;

const tapFormats = {
  qemu: async () => (await import("../../export/plug/qemu.ts")).qemuArguments,
  libvirt: async () => (await import("../../export/libvirt/interfaces.ts")).libvirtInterfaces,
  "virt-install": async () => (await import("../../export/libvirt/interfaces.ts")).virtInstallOptions,
  netns: async () => (await import("../../export/plug/netns.ts")).netnsCommands,
} as const satisfies Readonly<
  Record<string, () => Promise<(nics: readonly PositionNic[], name: string) => string>>
>;

const socketFormats = {
  "qemu-socket": async () => (await import("../../export/plug/sockets.ts")).qemuSocketArguments,
  "qemu-stream": async () => (await import("../../export/plug/sockets.ts")).qemuStreamArguments,
  "libvirt-socket": async () => (await import("../../export/plug/sockets.ts")).libvirtClientInterfaces,
} as const satisfies Readonly<Record<string, () => Promise<(nics: readonly SocketNic[]) => string>>>;

export const plugCommand = command<PlugOptions>({
  command: "plug <rack> [u]",
  describe: "Print the options or commands that attach a server to a rack position",
  builder: (parser) =>
    parser
      .positional("rack", { type: "string", describe: "Rack: 1, 2, ...; or 'segment', by sockets" })
      .positional("u", { type: "string", describe: "Position: 3, 4, ..." })
      .option("format", {
        choices: [...Object.keys(tapFormats), ...Object.keys(socketFormats)],
        describe:
          "Output format. By tap: qemu, libvirt, virt-install or netns. By socket: qemu-socket (TCP), " +
          "qemu-stream (unix) or libvirt-socket (default: qemu; for the segment, qemu-socket)",
      })
      .option("mac", {
        type: "string",
        array: true,
        nargs: 1,
        default: [],
        describe:
          "MAC of the first NIC; repeat for the second NIC (default: 02:69:RACK:U:NIC; random on the segment)",
      })
      .example("qemu-system-x86_64 ... $($0 plug 1 3)", "start a VM at U3 of rack 1")
      .example("$0 plug 1 3 --format libvirt", "print the interfaces of a libvirt domain")
      .example("$0 plug 2 4 --format netns | sh -e", "attach a network namespace as the server")
      .example("qemu-system-x86_64 ... $($0 plug segment)", "start a VM on the shared segment, without root"),
  run: async (options) => {
    const context = await loadContext(options);
    const isSegment = options.rack === "segment";
    const format = options.format ?? (isSegment ? "qemu-socket" : "qemu");
    const nics = isSegment ? await segmentNics(context, options) : await nicsOf(context, options, format);
    if (isSocketFormat(format)) {
      await warnOfClosedSockets(context);
    }
    if (options.json) {
      printDocument("plug", { nics });
      return;
    }
    print(`${await formatNics(nics, format, options)}\n`);
  },
});

function isSocketFormat(format: string): format is SocketFormat {
  return format in socketFormats;
}

async function formatNics(
  nics: readonly (SocketNic | PlugNic)[],
  format: TapFormat | SocketFormat,
  { rack, u }: PlugOptions,
): Promise<string> {
  if (isSocketFormat(format)) {
    return (await socketFormats[format]())(nics.filter((nic): nic is SocketNic => "socket" in nic));
  }
  const atPosition = nics.filter((nic): nic is PlugNic => "tap" in nic);
  if (atPosition.length < nics.length) {
    throw new UsageError(
      `the segment has sockets only: --format ${Object.keys(socketFormats).join(", ")}, not ${format}`,
    );
  }
  const { serverName } = await import("../../export/model/positions.ts");
  return (await tapFormats[format]())(atPosition, serverName(Number(rack), Number(u)));
}

async function nicsOf(context: Context, options: PlugOptions, format: string): Promise<readonly PlugNic[]> {
  const { fabric, settings } = context;
  const { positionNics } = await import("../../fabric/positions.ts");
  const { plannedPlugs } = await import("../../plugs/wanted.ts");
  if (options.u === undefined) {
    throw new UsageError("missing argument: U");
  }
  const nics = positionNics(fabric, wholeNumber("RACK", options.rack), wholeNumber("U", options.u));
  const chosen = await withMacs(fabric, nics, options.mac);
  const { hostOfNics, memberToPlug } = await import("../plug-member.ts");
  const member = memberToPlug(fabric, Number(options.rack), !isSocketFormat(format));
  const host = await hostOfNics(context, chosen);
  if (host !== undefined) {
    await warnOfOccupation(host, chosen);
  }
  if (member !== undefined) {
    return chosen.map((nic) => ({ ...nic, member: member.name }));
  }
  const plugs = plannedPlugs(fabric, settings);
  return chosen.flatMap((nic) => {
    const plug = plugs.find(({ taps, clients }) => clients === 1 && taps.includes(nic.tap));
    return plug === undefined ? [] : [{ ...nic, socket: socketOf(plug) }];
  });
}

/** The segment's clients need different MACs, and the plan has none for them. */
async function segmentNics(
  { fabric, settings }: Context,
  { u, mac: words }: PlugOptions,
): Promise<readonly SocketNic[]> {
  const { plannedPlugs } = await import("../../plugs/wanted.ts");
  const { SEGMENT } = await import("../../fabric/plug-sockets.ts");
  const { refuseSegment } = await import("../plug-member.ts");
  refuseSegment(fabric);
  if (u !== undefined) {
    throw new UsageError(`unexpected argument: ${u}; the segment has no positions`);
  }
  if (words.length > 1) {
    throw new UsageError(`--mac was given ${words.length} times; the segment takes one NIC at a time`);
  }
  const [word] = words;
  const nic = { nic: 1, mac: word === undefined ? await randomMac() : await parseMac(word) };
  refuseDuplicates(fabric, [nic]);
  return plannedPlugs(fabric, settings)
    .filter(({ name }) => name === SEGMENT)
    .map((plug) => ({ ...nic, mtu: fabric.mtu, socket: socketOf(plug) }));
}

function socketOf({ port, path }: { readonly port: number; readonly path: string }): SocketNic["socket"] {
  return { address: "127.0.0.1", port, path };
}

/** Locally administered; the suggested MACs of rack positions have a rack's number in the third byte, up to 64. */
async function randomMac(): Promise<Mac> {
  const { randomBytes } = await import("node:crypto");
  const { Mac } = await import("../../net/mac.ts");
  const bytes = [0x02, 0x69, 0xff, ...randomBytes(3)];
  return Mac.from(bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":"));
}

async function warnOfClosedSockets({ host, settings }: Context): Promise<void> {
  const { wantsPlugs } = await import("../../plugs/wanted.ts");
  if (!(await wantsPlugs(host, settings))) {
    tell(
      `Warning: these sockets are closed: PLUG_SOCKETS is ${settings.plugSockets}; set it to yes and run 'ikvswitch up'`,
    );
  }
}

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
  if (words.length > nics.length) {
    throw new UsageError(`--mac was given ${words.length} times; a position has ${nics.length} NICs`);
  }
  const macs = await Promise.all(words.map(parseMac));
  const chosen = nics.map((nic, index) => ({ ...nic, mac: macs[index] ?? nic.mac }));
  refuseDuplicates(fabric, chosen);
  return chosen;
}

async function parseMac(word: string): Promise<Mac> {
  const { Mac } = await import("../../net/mac.ts");
  const mac = Mac.parse(word);
  if (mac === null || mac.isMulticast) {
    throw new UsageError(
      `invalid value of --mac: "${word}" is not a unicast MAC address (02:00:00:00:00:01)`,
    );
  }
  return mac;
}

/** Two equal MACs in one network take each other's frames. */
function refuseDuplicates(
  fabric: Fabric,
  nics: readonly { readonly nic: number; readonly mac: Mac }[],
): void {
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
