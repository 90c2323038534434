import { parse } from "ini";
import { expect, it } from "vitest";
import { inventoryIni, inventoryJson } from "../../../src/export/ansible/inventory.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";

const fabric = planFabric(configFrom("NUM_RACKS=2"));
const login = { user: "root", arguments: "-F none -o 'HostKeyAlias={{ inventory_hostname }}'" };

it("is an INI file with one variable of a host in each line", () => {
  expect(inventoryIni(fabric, login)).toBe(`[all:vars]
ansible_user=root
ansible_ssh_common_args="-F none -o 'HostKeyAlias={{ inventory_hostname }}'"

[routers]
internet ansible_host=192.168.98.1

[spines]
spine1 ansible_host=192.168.98.2
spine2 ansible_host=192.168.98.3

[leaves]
leaf1 ansible_host=192.168.98.4
leaf2 ansible_host=192.168.98.5
leaf3 ansible_host=192.168.98.6
leaf4 ansible_host=192.168.98.7

[rack1]
leaf1 rack=1
leaf2 rack=1

[rack2]
leaf3 rack=2
leaf4 rack=2
`);
});

it("has the same as JSON", () => {
  const { vars, children } = inventoryJson(fabric, login).all;
  const file = parse(inventoryIni(fabric, login));
  expect({ ...vars }).toEqual({ ...file["all:vars"] });
  expect(Object.keys(children)).toEqual(Object.keys(file).slice(1));
  expect(children.leaves).toEqual({
    hosts: Object.fromEntries(
      [4, 5, 6, 7].map((number) => [`leaf${number - 3}`, { ansible_host: `192.168.98.${number}` }]),
    ),
  });
});
