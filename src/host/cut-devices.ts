import type { CutEnd } from "../fabric/cluster-types.ts";
import type { Fabric, Link } from "../fabric/types.ts";
import { Mac } from "../net/mac.ts";
import type { DesiredDevice, Redirect } from "./model/desired-devices.ts";

/**
 * Returns the devices of a member's links to other members.
 *
 * The tunnel is no port of the bridge: a bridge answers packets that are too large for a port ("fragmentation
 * needed"), and switches would then use the underlay's MTU. A redirect just passes frames on, so that a packet of the
 * fabric's MTU passes whatever that of the underlay is, in fragments if need be.
 */
export function cutDevices({ links, host }: Fabric): readonly DesiredDevice[] {
  const group = host.mark.linkGroup;
  return cutsOf(links).flatMap(({ bridge, cut }): readonly DesiredDevice[] => {
    const { port, patch, tunnel, vni, local, remote, udpPort } = cut;
    const common = { mtu: bridge.mtu, group };
    const [mac, peerMac] = [macOf(PORT, vni), macOf(PATCH, vni)];
    return [
      {
        ...{ kind: "cut port", name: port, mac, peer: patch, peerMac, bridge: bridge.name, learning: false },
        ...common,
      },
      { kind: "patch", name: patch, mac: peerMac, peer: port, ...common },
      {
        ...{ kind: "tunnel", name: tunnel, mac: macOf(TUNNEL, vni), vxlan: { vni, local, remote, udpPort } },
        ...common,
      },
    ];
  });
}

/** Returns both directions of each. */
export function cutRedirects({ links }: Fabric): readonly Redirect[] {
  return cutsOf(links).flatMap(({ cut: { patch, tunnel } }) => [
    { from: patch, to: tunnel },
    { from: tunnel, to: patch },
  ]);
}

function cutsOf(links: readonly Link[]): readonly (Link & { readonly cut: CutEnd })[] {
  return links.filter((link): link is Link & { readonly cut: CutEnd } => link.cut !== undefined);
}

/** First bytes of the devices' MACs, which are local ones (IEEE 802) and never those of a frame. */
const [PORT, PATCH, TUNNEL] = [0x02, 0x06, 0x0a] as const;

function macOf(first: number, vni: number): Mac {
  return new Mac(first * 2 ** 40 + vni);
}
