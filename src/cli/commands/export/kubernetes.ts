import { UsageError } from "../../../errors.ts";
import type { Manifest, ServerOptions } from "../../../export/kubernetes/export.ts";
import type { CniPlugin } from "../../../export/kubernetes/network-attachment.ts";
import type { Host } from "../../../system/host.ts";
import { quoteForShell } from "../../../system/quote-for-shell.ts";
import { command } from "../../command.ts";
import { loadContext } from "../../context.ts";
import { passOn, printJson } from "../../output.ts";
import {
  type ExportOptions,
  type SizeOptions,
  selectionOf,
  sizeOf,
  withExportOptions,
  withSizeOptions,
} from "./options.ts";
import { warnOfMissingBridges, writeExport } from "./write.ts";

interface KubernetesOptions extends ExportOptions, SizeOptions {
  readonly network: CniPlugin;
  readonly server: ServerOptions["kind"];
  readonly image: string | undefined;
  readonly userData: string | undefined;
}

const IMAGES = { vm: "quay.io/containerdisks/debian:12", pod: "docker.io/library/debian:12" };

export const kubernetesCommand = command<KubernetesOptions>({
  command: "kubernetes",
  describe: "Networks of Multus, and KubeVirt VMs or pods on them, as YAML for kubectl apply",
  builder: (parser) =>
    withSizeOptions(
      withExportOptions(parser)
        .option("network", {
          choices: ["bridge", "macvtap", "macvlan"],
          default: "bridge",
          describe: "CNI plugin that attaches pods to the links' bridges (default: bridge)",
        })
        .option("server", {
          choices: ["vm", "pod", "none"],
          default: "vm",
          describe:
            "What is at each position besides its networks: a KubeVirt VM, a pod, nothing (default: vm)",
        })
        .option("image", {
          type: "string",
          requiresArg: true,
          describe: `Container disk or image (default: ${IMAGES.vm}; of a pod: ${IMAGES.pod})`,
        }),
    )
      .option("user-data", {
        type: "string",
        requiresArg: true,
        describe: "File with cloud-init's user data for the VMs",
      })
      .example("$0 export kubernetes --output lab", "write lab/server1-3.yaml and so on")
      .example("$0 export kubernetes --rack 1 --u 3 | kubectl apply -f -", "make one server")
      .example("$0 export kubernetes --network macvlan --server pod", "pods instead of VMs"),
  run: async (options) => {
    const selection = selectionOf(options);
    const server = serverOf(options);
    const { host, fabric } = await loadContext(options);
    const { exportKubernetes } = await import("../../../export/kubernetes/export.ts");
    const { formatYaml } = await import("../../../export/kubernetes/yaml.ts");
    const { selectPlaces } = await import("../../../export/model/positions.ts");
    const manifests = exportKubernetes(fabric, {
      selection,
      server,
      userData: await readUserData(host, options),
    });
    await warnOfMissingBridges(host, selectPlaces(fabric, selection), CONSEQUENCES[server.plugin]);
    const { output, json } = options;
    if (output !== "-") {
      const files = manifests.map(({ name, objects }) => ({
        path: `${name}.yaml`,
        content: formatYaml(objects),
      }));
      await writeExport(host, { files, folder: output, json }, [
        `Apply them with: kubectl apply -f ${quoteForShell(output)}`,
      ]);
    } else if (json) {
      printJson(listOf(manifests));
    } else {
      passOn(formatYaml(manifests.flatMap(({ objects }) => objects)));
    }
  },
});

const CONSEQUENCES: Readonly<Record<CniPlugin, string>> = {
  bridge:
    "start pods after it, since the CNI plugin makes bridges that it misses, and 'up' then refuses them",
  macvlan: "no pod starts before",
  macvtap: "no VM starts before",
};

/** @throws UsageError for options that exclude each other */
function serverOf(options: KubernetesOptions): ServerOptions {
  const { server: kind, network: plugin, image, userData } = options;
  if (kind !== "vm" && userData !== undefined) {
    throw new UsageError("--user-data is for VMs: leave out --server");
  }
  if (kind === "none") {
    return { kind, plugin };
  }
  const common = { image: imageName(image ?? IMAGES[kind]) };
  if (kind === "pod") {
    return { kind, plugin, ...common };
  }
  if (plugin === "macvlan") {
    throw new UsageError(
      "--network macvlan is for pods, since it drops frames for a VM's MAC: add --server pod, or take macvtap",
    );
  }
  return { kind, plugin, ...common, ...sizeOf(options) };
}

function imageName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,499}$/.test(text)) {
    throw new UsageError(`invalid value of --image: "${text}" is not an image name, such as ${IMAGES.vm}`);
  }
  return text;
}

async function readUserData(host: Host, { userData }: KubernetesOptions): Promise<string | null> {
  if (userData === undefined) {
    return null;
  }
  const text = await host.readFile(userData);
  if (text === undefined) {
    throw new UsageError(`no such file: ${userData}`);
  }
  return text;
}

/** The form in which kubectl prints several objects as JSON. */
function listOf(manifests: readonly Manifest[]): object {
  return { apiVersion: "v1", kind: "List", items: manifests.flatMap(({ objects }) => objects) };
}
