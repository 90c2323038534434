import { expect, it } from "vitest";
import { instanceName, KEYS } from "../../../src/backends/incus/names.ts";
import { newInstance } from "../../../src/backends/incus/new-instance.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { configFrom } from "../../fabric/config.ts";

const fabric = planFabric(configFrom("HOSTS='alpha=10.0.0.1 beta=10.0.0.2'"));
const request = {
  ...{ runDir: "/run/ikvswitch", fabric, pool: "default", tasks: 500 },
  image: { image: "0482a672", usr: "ikvswitch-1-usr" },
};

function instanceOf(name: string, changes: Partial<typeof request> = {}) {
  const node = fabric.nodes.find((one) => one.name === name);
  if (node === undefined) {
    throw new Error(`no ${name}`);
  }
  return newInstance({ ...request, ...changes, name, node });
}

it("a switch is a container on its member, with a NIC for each of its ports", () => {
  const { config, devices, ...rest } = instanceOf("leaf3");
  expect(rest).toEqual({ name: "leaf3", member: "beta", image: "0482a672" });
  expect(config).toEqual({
    "boot.autostart": "false",
    "limits.memory": expect.stringMatching(/^\d+MiB$/),
    "limits.processes": "500",
    [KEYS.fabric]: "0",
    [KEYS.node]: "leaf3",
    [KEYS.dhcp]: "true",
    [KEYS.made]: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const { root, usr, ...nics } = devices;
  expect(root).toEqual({ type: "disk", path: "/", pool: "default" });
  expect(usr).toEqual({
    ...{ type: "disk", path: "/usr", pool: "default", source: "ikvswitch-1-usr", readonly: "true" },
  });
  const ports = fabric.nodes.find(({ name }) => name === "leaf3")?.ports ?? [];
  expect(Object.keys(nics)).toEqual(ports.map(({ name }) => name));
  expect(nics.ens4).toEqual({
    ...{ type: "nic", nictype: "bridged", parent: "iksb14", host_name: "iklt31", name: "ens4" },
    ...{ hwaddr: String(ports[0]?.mac), mtu: "9000" },
  });
});

it("a router that serves no DHCP has no leases", () => {
  expect(instanceOf("spine1").config).not.toHaveProperty(KEYS.dhcp);
});

it("an instance of another image, pool or limit is another one", () => {
  const made = (changes: Partial<typeof request>) => instanceOf("leaf1", changes).config[KEYS.made];
  const all = [{}, { pool: "fast" }, { tasks: 501 }, { image: { image: "1", usr: "ikvswitch-1-usr" } }].map(
    made,
  );
  expect(new Set(all).size).toBe(all.length);
  expect(made({})).toBe(all[0]);
});

it("names of a second fabric's instances differ", () => {
  expect(instanceName("/run/ikvswitch", "leaf1")).toBe("leaf1");
  expect(instanceName("/run/ikvswitch/other", "leaf1")).toMatch(/^ikv\d+-leaf1$/);
});
