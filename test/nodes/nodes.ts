import { bmcInside, bmcLoopback } from "../../src/fabric/mark.ts";
import type { InternetNode, LeafNode, Port, SpineNode } from "../../src/fabric/types.ts";
import { Address } from "../../src/net/address.ts";
import { InterfaceAddress } from "../../src/net/interface-address.ts";
import { Mac } from "../../src/net/mac.ts";

const FIRST_MAC = Mac.from("08:00:27:06:ac:40");

/** Returns port `number` of a node, on this tap. */
function port(number: number, tap: string): Port {
  const mac = FIRST_MAC.plus(number);
  return {
    number,
    name: `ens${number + 3}`,
    mac,
    linkLocal: mac.linkLocal,
    tap,
    bridge: "ikbr",
    mtu: 9000,
    address: null,
    peer: { kind: "host" },
  };
}

function base(name: string, index: number, taps: readonly string[]) {
  return {
    name,
    index,
    asn: 65500 + index,
    loopback: Address.from(`192.168.98.${1 + index}`),
    ports: taps.map((tap, at) => port(at + 1, tap)),
    machine: { memoryMiB: 192, vcpus: 1, vncDisplay: 50 + index, vncPort: 5950 + index },
    bmc: {
      address: InterfaceAddress.from(`192.168.200.${10 + index}/24`),
      port: 623,
      inside: bmcInside(0, index),
      loopback: bmcLoopback(0),
    },
  };
}

const internetBase = base("internet", 0, ["ikht", "ikin1", "ikin2"]);

export const internet: InternetNode = {
  ...internetBase,
  role: "internet",
  ports: internetBase.ports.map((one) =>
    one.number === 1 ? { ...one, address: InterfaceAddress.from("192.168.96.2/24") } : one,
  ),
};

export const spine1: SpineNode = {
  ...base("spine1", 1, ["ikit1", "ikst12", "ikst13", "ikst14", "ikst15", "ikst16", "ikst17"]),
  role: "spine",
  spineNumber: 1,
};

/** Returns leaf1 with this many server ports, from U3 on. */
export function leaf1(serverPorts: number): LeafNode {
  const servers = Array.from({ length: serverPorts }, (_, index) => `ikls1-${index + 3}`);
  return {
    ...base("leaf1", 3, ["iklt11", "iklt12", ...servers]),
    role: "leaf",
    leafNumber: 1,
    rack: 1,
    side: 1,
    dhcp: null,
    l2Vlans: [],
  };
}
