import { stringify } from "ini";
import type { Fabric, Node } from "../../fabric/types.ts";

/** Login of Ansible's ssh (ansible.builtin.ssh). */
export interface AnsibleLogin {
  readonly user: string;
  /** Options of ssh as a line of shell words, in which Ansible replaces `{{ inventory_hostname }}`. */
  readonly arguments: string;
}

/** Variables of a host or a group, by name. */
type Variables = Readonly<Record<string, string | number>>;

interface AnsibleGroup {
  readonly name: string;
  readonly hosts: Readonly<Record<string, Variables>>;
}

/** No group may have the name of a host, so that of the router is not `internet`. */
const GROUP_OF_ROLE = { internet: "routers", spine: "spines", leaf: "leaves" } as const;

/** Returns the inventory as Ansible's plugin `yaml` reads it, from a file whose name ends in `.json`. */
export function inventoryJson(fabric: Fabric, login: AnsibleLogin) {
  return {
    all: {
      vars: loginVariables(login),
      children: Object.fromEntries(inventoryGroups(fabric).map(({ name, hosts }) => [name, { hosts }])),
    },
  };
}

/**
 * Returns the inventory as Ansible's plugin `ini` reads it. The form has several variables in one line, and names
 * without a value, which the ini package can't write. So each host has one variable in each group.
 */
export function inventoryIni(fabric: Fabric, login: AnsibleLogin): string {
  const groups = inventoryGroups(fabric).map(({ name, hosts }) => [
    name,
    Object.fromEntries(
      Object.entries(hosts).flatMap(([host, variables]) =>
        Object.entries(variables).map(([variable, value]) => [`${host} ${variable}`, `${value}`]),
      ),
    ),
  ]);
  return stringify({ "all:vars": loginVariables(login), ...Object.fromEntries(groups) });
}

function loginVariables(login: AnsibleLogin): Variables {
  return { ansible_user: login.user, ansible_ssh_common_args: login.arguments };
}

/** Returns the groups by role, in which hosts have their address, then those by rack. */
function inventoryGroups({ nodes, racks }: Fabric): readonly AnsibleGroup[] {
  const byRole = Object.entries(GROUP_OF_ROLE).map(([role, name]) => ({
    name,
    hosts: hostsOf(
      nodes.filter((node) => node.role === role),
      ({ loopback }) => ({ ansible_host: `${loopback}` }),
    ),
  }));
  const byRack = racks.map(({ number, leaves }) => ({
    name: `rack${number}`,
    hosts: hostsOf(
      nodes.filter(({ name }) => leaves.includes(name)),
      () => ({ rack: number }),
    ),
  }));
  return [...byRole, ...byRack].filter(({ hosts }) => Object.keys(hosts).length > 0);
}

function hostsOf(nodes: readonly Node[], variables: (node: Node) => Variables) {
  return Object.fromEntries(nodes.map((node) => [node.name, variables(node)]));
}
