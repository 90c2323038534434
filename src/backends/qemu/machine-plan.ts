import type { Node } from "../../fabric/types.ts";

/** What a machine takes from the plan, for a node or for the warm base of several; as JSON it is the same. */
export interface MachinePlan {
  readonly name: string;
  /** Its NICs, each on the tap that the host's links have for it. */
  readonly ports: readonly {
    readonly name: string;
    readonly mac: string;
    readonly mtu: number;
    readonly tap: string;
  }[];
  readonly machine: {
    readonly memoryMiB: number;
    readonly vcpus: number;
    /** The TCP port is 5900 higher. */
    readonly vncDisplay: number;
  };
}

/** A node has much more than its machine is made from. */
export function machinePlan({ name, ports, machine: { memoryMiB, vcpus, vncDisplay } }: Node): MachinePlan {
  return {
    name,
    machine: { memoryMiB, vcpus, vncDisplay },
    ports: ports.map((port) => ({ name: port.name, mac: String(port.mac), mtu: port.mtu, tap: port.tap })),
  };
}
