import type { PositionNic } from "../fabric/positions.ts";
import type { Address } from "../net/address.ts";
import type { KeyPair, NodeFile } from "../render/types.ts";
import { serverFrrConf } from "../servers/files.ts";
import { bootServerFiles } from "./boot-server.ts";

/** A VM that boots the switches' image. */
export interface ImageGuest {
  readonly name: string;
  readonly nics: readonly PositionNic[];
  /** Null without BGP. */
  readonly announced: { readonly address: Address; readonly address6: Address; readonly asn: number } | null;
  /** Interval of BFD packets with the leaves; null without BFD. */
  readonly bfdIntervalMs: number | null;
  /** Of the BGP sessions; null where the leaves' kernel has no VLANs. */
  readonly vlan: number | null;
  /** True if it is a network boot server. */
  readonly bootServer: boolean;
  readonly domain: string;
  readonly dnsServers: readonly Address[];
  readonly machineId: string;
  readonly sshHostKey: KeyPair;
  /** Lines of authorized_keys. */
  readonly authorizedKeys: readonly string[];
  /** crypt(5) hash for logins on the console. */
  readonly rootPasswordHash: string;
}

/** Returns the files that make the switches' image this server. */
export function imageFiles(guest: ImageGuest): readonly NodeFile[] {
  const { name, nics, vlan, domain } = guest;
  const file = (path: string, content: string, mode = 0o644): NodeFile => ({ path, mode, content });
  const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join("");
  const names = domain === "" ? name : `${name}.${domain} ${name}`;
  return [
    file("/etc/ikvswitch/nics", lines(nics.map((nic) => `${nic.mac} ${nicName(nic)}`))),
    file("/etc/ikvswitch/modules", vlan === null ? "\n" : "8021q\n"),
    file("/etc/ikvswitch/network.batch", lines(networkLines(guest))),
    // The first NIC leads to the left leaf, which serves DHCP.
    ...(vlan === null ? [] : [file("/etc/ikvswitch/dhcp", `${nicName({ nic: 1 })}\n`)]),
    file("/etc/ikvswitch/root.hash", `${guest.rootPasswordHash}\n`, 0o600),
    file("/etc/hostname", `${name}\n`),
    file("/etc/hosts", lines(["127.0.0.1 localhost", "::1 localhost", `127.0.1.1 ${names}`])),
    file("/etc/machine-id", `${guest.machineId}\n`, 0o444),
    file(
      "/etc/resolv.conf",
      lines([
        ...(domain === "" ? [] : [`search ${domain}`]),
        ...guest.dnsServers.map((address) => `nameserver ${address}`),
      ]),
    ),
    file("/etc/frr/frr.conf", frrConf(guest), 0o640),
    file("/etc/ssh/ssh_host_ed25519_key", guest.sshHostKey.privateKey, 0o600),
    file("/etc/ssh/ssh_host_ed25519_key.pub", guest.sshHostKey.publicKey),
    file("/etc/ssh/sshd_config.d/00-ikvswitch.conf", SSHD_CONF),
    file("/root/.ssh/authorized_keys", lines(guest.authorizedKeys), 0o600),
    ...(guest.bootServer ? bootServerFiles() : []),
  ];
}

/** Passwords are for the console only: other servers reach this one. */
const SSHD_CONF = `HostKey /etc/ssh/ssh_host_ed25519_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UseDNS no
`;

function nicName({ nic }: Pick<PositionNic, "nic">): string {
  return `eth${nic - 1}`;
}

/** Lines for `ip -batch`. */
function networkLines({ nics, announced, vlan }: ImageGuest): readonly string[] {
  return [
    "link set lo up",
    ...(announced === null
      ? []
      : [`address add ${announced.address}/32 dev lo`, `address add ${announced.address6}/128 dev lo`]),
    ...nics.flatMap((nic) => {
      const name = nicName(nic);
      const tagged = `${name}.${vlan}`;
      return [
        `link set ${name} mtu ${nic.mtu} up`,
        ...(vlan === null || announced === null
          ? []
          : [`link add link ${name} name ${tagged} type vlan id ${vlan}`, `link set ${tagged} up`]),
      ];
    }),
  ];
}

function frrConf({ name, nics, announced, vlan, bfdIntervalMs }: ImageGuest): string {
  return announced === null
    ? `frr defaults datacenter\nhostname ${name}\n`
    : serverFrrConf(
        { name, ...announced, bfdIntervalMs, nics: nics.map((nic) => ({ name: nicName(nic) })) },
        vlan,
      );
}
