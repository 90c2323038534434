import type { Mac } from "../../net/mac.ts";

/** A server's NIC that attaches by a socket. */
export interface SocketNic {
  /** From 1. */
  readonly nic: number;
  readonly mac: Mac;
  readonly mtu: number;
  readonly socket: {
    readonly address: string;
    /** TCP. */
    readonly port: number;
    /** Of the unix socket. */
    readonly path: string;
  };
}

/** QEMU's arguments for NICs that attach by TCP, one on each line. */
export function qemuSocketArguments(nics: readonly SocketNic[]): string {
  return nics
    .flatMap((nic) => [
      `-netdev socket,id=nic${nic.nic},connect=${nic.socket.address}:${nic.socket.port}`,
      device(nic),
    ])
    .join("\n");
}

/** The same for unix sockets, with the netdev that QEMU has since version 7.2. */
export function qemuStreamArguments(nics: readonly SocketNic[]): string {
  return nics
    .flatMap((nic) => [
      `-netdev stream,id=nic${nic.nic},server=off,addr.type=unix,addr.path=${nic.socket.path}`,
      device(nic),
    ])
    .join("\n");
}

function device({ nic, mac, mtu }: SocketNic): string {
  return `-device virtio-net-pci,netdev=nic${nic},mac=${mac},host_mtu=${mtu}`;
}

/** Elements for the devices of a libvirt domain. libvirt takes no MTU for this type of interface. */
export function libvirtClientInterfaces(nics: readonly SocketNic[]): string {
  return nics
    .map(
      ({ mac, socket: { address, port } }) => `<interface type='client'>
  <mac address='${mac}'/>
  <source address='${address}' port='${port}'/>
  <model type='virtio'/>
</interface>`,
    )
    .join("\n");
}
