import { UsageError } from "../../../errors.ts";
import type { ExportFile } from "../../../export/model/file.ts";
import { quoteForShell } from "../../../system/quote-for-shell.ts";
import { command } from "../../command.ts";
import { loadContext } from "../../context.ts";
import { passOn } from "../../output.ts";
import { printDocument } from "../../print-document.ts";
import {
  type ExportOptions,
  type SizeOptions,
  selectionOf,
  sizeOf,
  withExportOptions,
  withSizeOptions,
} from "./options.ts";
import { warnOfMissingBridges, writeExport } from "./write.ts";

interface LibvirtOptions extends ExportOptions, SizeOptions {
  readonly network: "bridge" | "macvtap" | "tap";
  readonly macvtapMode: "bridge" | "private";
  readonly type: "kvm" | "qemu";
  readonly disks: string | undefined;
  readonly routed: string | undefined;
  readonly nat: string | undefined;
}

export const libvirtCommand = command<LibvirtOptions>({
  command: "libvirt",
  describe: "Networks and domains of libvirt, as XML for virsh net-define and virsh define",
  builder: (parser) =>
    withSizeOptions(
      withExportOptions(parser)
        .option("network", {
          choices: ["bridge", "macvtap", "tap"],
          default: "bridge",
          describe:
            "How domains attach: by libvirt networks on the links' bridges, by macvtap, or by the fabric's own taps (default: bridge)",
        })
        .option("macvtap-mode", {
          choices: ["bridge", "private"],
          default: "bridge",
          describe: "private: domains on one link don't reach each other (default: bridge)",
        }),
    )
      .option("disks", {
        type: "string",
        requiresArg: true,
        describe: "Directory of the disk images, NAME.qcow2 (default: no disk, boot from the network)",
      })
      .option("type", {
        choices: ["kvm", "qemu"],
        default: "kvm",
        describe: "qemu: emulate the processor, on hosts without KVM (default: kvm)",
      })
      .option("routed", {
        type: "string",
        requiresArg: true,
        describe: "IPv4 network of fabric-routed (default: the first free /24 after the whole network)",
      })
      .option("nat", {
        type: "string",
        requiresArg: true,
        describe: "IPv4 network of fabric-nat (default: the next free /24)",
      })
      .example("$0 export libvirt --output lab", "write lab/networks and lab/domains")
      .example("virsh net-define lab/networks/rack1-u3-nic1.xml", "define one of them")
      .example("$0 export libvirt --rack 1 --u 3 --network tap", "print the domain of one position"),
  run: async (options) => {
    const selection = selectionOf(options);
    const size = sizeOf(options);
    const disks = diskFolder(options.disks);
    const { host, fabric } = await loadContext(options);
    const { exportLibvirt } = await import("../../../export/libvirt/export.ts");
    const { routedPrefixes } = await import("../../../export/libvirt/routed-prefixes.ts");
    const { selectPlaces } = await import("../../../export/model/positions.ts");
    const { network, macvtapMode, type, output, json } = options;
    const files = exportLibvirt(fabric, {
      ...size,
      ...routedPrefixes(fabric, options),
      selection,
      network,
      macvtapMode,
      type,
      disks,
    });
    await warnOfMissingBridges(host, selectPlaces(fabric, selection), "no domain starts before");
    if (output !== "-") {
      await writeExport(host, { files, folder: output, json }, nextCommands(output, files));
    } else if (json) {
      printDocument("export libvirt", { files });
    } else {
      passOn(files.map(({ path, content }) => `<!-- ${path} -->\n${content}`).join("\n"));
    }
  },
});

/** @throws UsageError unless it is an absolute path that XML can hold */
function diskFolder(path: string | undefined): string | null {
  if (path === undefined) {
    return null;
  }
  if (!/^\/\P{Cc}*$/u.test(path)) {
    throw new UsageError(`invalid value of --disks: "${path}" is not an absolute path`);
  }
  return path.replace(/\/+$/, "");
}

function nextCommands(folder: string, files: readonly ExportFile[]): readonly string[] {
  const quoted = quoteForShell(folder);
  return [
    "Define them with:",
    ...(files.some(({ path }) => path.startsWith("networks/"))
      ? [`  for file in ${quoted}/networks/*.xml; do virsh net-define "$file"; done`]
      : []),
    `  for file in ${quoted}/domains/*.xml; do virsh define "$file"; done`,
  ];
}
