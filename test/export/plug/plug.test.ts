import { expect, it } from "vitest";
import { libvirtInterfaces, virtInstallOptions } from "../../../src/export/libvirt/interfaces.ts";
import { netnsCommands } from "../../../src/export/plug/netns.ts";
import { qemuArguments } from "../../../src/export/plug/qemu.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { positionNics } from "../../../src/fabric/positions.ts";
import { shippedConfig } from "../../fabric/config.ts";

const nics = positionNics(planFabric(shippedConfig()), 1, 3);

it("QEMU opens the taps and runs no script on them", () => {
  expect(qemuArguments(nics)).toBe(`-netdev tap,id=nic1,ifname=ikvm1-3-1,script=no,downscript=no
-device virtio-net-pci,netdev=nic1,mac=02:69:01:00:03:01,host_mtu=9000
-netdev tap,id=nic2,ifname=ikvm1-3-2,script=no,downscript=no
-device virtio-net-pci,netdev=nic2,mac=02:69:01:00:03:02,host_mtu=9000`);
});

it("libvirt opens the taps and leaves them as they are", () => {
  expect(libvirtInterfaces(nics.slice(1))).toBe(`<interface type='ethernet'>
  <mac address='02:69:01:00:03:02'/>
  <target dev='ikvm1-3-2' managed='no'/>
  <model type='virtio'/>
  <mtu size='9000'/>
</interface>`);
});

it("virt-install makes the same of its options", () => {
  expect(virtInstallOptions(nics.slice(1))).toBe(
    "--network type=ethernet,mac.address=02:69:01:00:03:02,model.type=virtio,mtu.size=9000," +
      "target.dev=ikvm1-3-2,xpath0.set=./target/@managed=no",
  );
});

it("a namespace gets veth pairs into the links' bridges", () => {
  expect(netnsCommands(nics.slice(1), "server1-3")).toBe(`ip netns add server1-3
ip -n server1-3 link set lo up
ip link add plug1-3-2 mtu 9000 master ikeb2-3 type veth peer name eth1 address 02:69:01:00:03:02 mtu 9000 netns server1-3
ip link set dev plug1-3-2 type bridge_slave learning off
sysctl -q -w net.ipv6.conf.plug1-3-2.disable_ipv6=1
ip link set dev plug1-3-2 up
ip -n server1-3 link set dev eth1 up`);
});
