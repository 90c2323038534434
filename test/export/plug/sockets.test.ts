import { expect, it } from "vitest";
import {
  libvirtClientInterfaces,
  qemuSocketArguments,
  qemuStreamArguments,
} from "../../../src/export/plug/sockets.ts";
import { Mac } from "../../../src/net/mac.ts";

const nics = [1, 2].map((nic) => ({
  nic,
  mac: Mac.from(`02:69:01:00:03:0${nic}`),
  mtu: 9000,
  socket: { address: "127.0.0.1", port: 29_000 + nic, path: `/run/ikvswitch/plug/1-3-${nic}` },
}));

it("QEMU connects to the TCP ports", () => {
  expect(qemuSocketArguments(nics)).toBe(`-netdev socket,id=nic1,connect=127.0.0.1:29001
-device virtio-net-pci,netdev=nic1,mac=02:69:01:00:03:01,host_mtu=9000
-netdev socket,id=nic2,connect=127.0.0.1:29002
-device virtio-net-pci,netdev=nic2,mac=02:69:01:00:03:02,host_mtu=9000`);
});

it("QEMU connects to the unix sockets", () => {
  expect(
    qemuStreamArguments(nics.slice(1)),
  ).toBe(`-netdev stream,id=nic2,server=off,addr.type=unix,addr.path=/run/ikvswitch/plug/1-3-2
-device virtio-net-pci,netdev=nic2,mac=02:69:01:00:03:02,host_mtu=9000`);
});

it("libvirt connects to the TCP ports", () => {
  expect(libvirtClientInterfaces(nics.slice(1))).toBe(`<interface type='client'>
  <mac address='02:69:01:00:03:02'/>
  <source address='127.0.0.1' port='29002'/>
  <model type='virtio'/>
</interface>`);
});
