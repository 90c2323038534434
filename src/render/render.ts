import type { Fabric, Node } from "../fabric/types.ts";
import { about } from "./about.ts";
import { dhcp6Context, dhcpContext, KEA_CONF, KEA6_CONF } from "./dhcp.ts";
import { frrContext } from "./frr.ts";
import { knownHosts } from "./known-hosts.ts";
import { kernelModules, networkContext } from "./network.ts";
import { sourceFilterContext } from "./source-filter.ts";
import { authorizedKeysContext, sshdContext } from "./ssh.ts";
import { sysctlContext } from "./sysctl.ts";
import { hostsContext, lldpContext, motdContext, resolverContext } from "./system.ts";
import { fillTemplate, type TemplateName } from "./templates.ts";
import type {
  NodeFile,
  NodeIdentity,
  NodeOverrides,
  RenderOptions,
  SharedSettings,
  TemplateSet,
} from "./types.ts";
import { dhcpClientPort, UPLINK_DHCP, UPLINK_RULES, uplinkContext } from "./uplink.ts";

/**
 * Renders all files of one node, in the order of their paths. Pure: the same arguments give the same files.
 *
 * @param overrides files that replace rendered ones; a path that is not rendered is added
 * @throws ConfigError if a template, which may be the user's own, uses an unknown name
 */
export function renderNode(
  fabric: Fabric,
  node: Node,
  identity: NodeIdentity,
  site: SharedSettings,
  templates: TemplateSet,
  overrides: NodeOverrides = {},
  options: RenderOptions = { passwordLogin: true },
): readonly NodeFile[] {
  const fill = ({ path, mode, template, context }: TemplatedFile): NodeFile => ({
    path,
    mode,
    content: fillTemplate(templates, template, { about: about(node, template), ...context }),
  });
  const files = [
    ...templatedFiles(fabric, node, site, options).map(fill),
    ...plainFiles(fabric, node, identity, site, options),
  ];
  return [...override(files, overrides)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Path of frr.conf, the only file that a user can save from a running switch. */
export const FRR_CONF = "/etc/frr/frr.conf";

interface TemplatedFile {
  readonly path: string;
  readonly mode: number;
  readonly template: TemplateName;
  readonly context: object;
}

function templatedFiles(
  fabric: Fabric,
  node: Node,
  site: SharedSettings,
  options: RenderOptions,
): TemplatedFile[] {
  const network = networkContext(fabric, node);
  const uplink = uplinkContext(fabric, node);
  const file = (path: string, template: TemplateName, context: object, mode = 0o644): TemplatedFile => ({
    path,
    mode,
    template,
    context,
  });
  return [
    file("/etc/ikvswitch/nics", "network/nics.hbs", network),
    file("/etc/ikvswitch/modules", "network/modules.hbs", { modules: kernelModules(node) }),
    file("/etc/ikvswitch/network.batch", "network/network.batch.hbs", network),
    ...(network.bridges.some(({ vlans }) => vlans.length > 0)
      ? [file("/etc/ikvswitch/bridge.batch", "network/bridge.batch.hbs", network)]
      : []),
    file("/etc/sysctl.d/ikvswitch.conf", "network/sysctl.conf.hbs", sysctlContext(fabric, node)),
    ...(fabric.networks6 !== undefined && sysctlContext(fabric, node).strictSources
      ? [file("/etc/ikvswitch/ip6tables", "network/ip6tables.hbs", sourceFilterContext(node))]
      : []),
    file(FRR_CONF, "frr/frr.conf.hbs", frrContext(fabric, node), 0o640),
    ...(node.role === "leaf" && node.dhcp !== null
      ? [file(KEA_CONF, "kea/kea-dhcp4.conf.hbs", dhcpContext(node.dhcp, fabric.domain, site))]
      : []),
    ...(node.role === "leaf" && node.dhcp?.network6 !== undefined
      ? [
          file(
            KEA6_CONF,
            "kea/kea-dhcp6.conf.hbs",
            dhcp6Context(node.dhcp, node.dhcp.network6, fabric.domain, site),
          ),
        ]
      : []),
    ...(uplink === null ? [] : [file(UPLINK_RULES, "network/uplink.nft.hbs", uplink)]),
    file("/etc/lldpd.d/ikvswitch.conf", "lldpd/lldpd.conf.hbs", lldpContext(node)),
    file("/etc/hosts", "system/hosts.hbs", hostsContext(fabric, site)),
    file("/etc/resolv.conf", "system/resolv.conf.hbs", resolverContext(fabric, site)),
    file("/etc/motd", "system/motd.hbs", motdContext(fabric, node)),
    // sshd uses the first value that it reads; it reads this file before the image's 00-image.conf.
    file("/etc/ssh/sshd_config.d/00-ikvswitch.conf", "ssh/sshd.conf.hbs", sshdContext(options)),
    file("/etc/ssh/ssh_known_hosts", "ssh/ssh_known_hosts.hbs", {
      hosts: knownHosts(fabric, site.hostKeys, node),
    }),
    file("/root/.ssh/authorized_keys", "ssh/authorized_keys.hbs", authorizedKeysContext(site), 0o600),
  ];
}

/** Files that contain only a value, in formats without comments. */
function plainFiles(
  fabric: Fabric,
  node: Node,
  identity: NodeIdentity,
  site: SharedSettings,
  options: RenderOptions,
): NodeFile[] {
  const file = (path: string, content: string, mode: number): NodeFile => ({ path, mode, content });
  const dhcpPort = dhcpClientPort(fabric, node);
  return [
    ...(dhcpPort === null ? [] : [file(UPLINK_DHCP, `${dhcpPort}\n`, 0o644)]),
    file("/etc/hostname", `${node.name}\n`, 0o644),
    file("/etc/machine-id", `${identity.machineId}\n`, 0o444),
    ...(options.passwordLogin ? [file("/etc/ikvswitch/root.hash", `${site.rootPasswordHash}\n`, 0o600)] : []),
    file("/etc/ssh/ssh_host_ed25519_key", identity.sshHostKey.privateKey, 0o600),
    file("/etc/ssh/ssh_host_ed25519_key.pub", identity.sshHostKey.publicKey, 0o644),
    file("/root/.ssh/id_ed25519", site.switchKey.privateKey, 0o600),
    file("/root/.ssh/id_ed25519.pub", site.switchKey.publicKey, 0o644),
  ];
}

function override(files: readonly NodeFile[], overrides: NodeOverrides): NodeFile[] {
  const replaced = files.map((file) => {
    const content = overrides[file.path];
    return content === undefined ? file : { ...file, content };
  });
  const known = new Set(files.map((file) => file.path));
  const added = Object.entries(overrides)
    .filter(([path]) => !known.has(path))
    .map(([path, content]) => ({ path, mode: 0o644, content }));
  return [...replaced, ...added];
}
