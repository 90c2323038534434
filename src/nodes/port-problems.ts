import type { MissingRequirement } from "../errors.ts";
import type { Listener } from "../system/listeners.ts";

/** A port of this host on which the emulator will listen. */
export interface PlannedPort {
  readonly protocol: "tcp" | "udp";
  /** IPv4; 0.0.0.0 for all addresses. */
  readonly address: string;
  readonly port: number;
  /** Its use: `leaf1's VNC display 53`. */
  readonly purpose: string;
  /** The key that changes it; null if there is none. */
  readonly key: string | null;
}

/** Returns the planned ports that other processes hold, each with its holder and the remedy. */
export function portProblems(
  planned: readonly PlannedPort[],
  listeners: readonly Listener[],
): readonly MissingRequirement[] {
  return planned.flatMap((port) => {
    const holder = listeners.find((listener) => isInTheWay(port, listener));
    return holder === undefined ? [] : [portTaken(port, holder)];
  });
}

function isInTheWay(wanted: PlannedPort, { protocol, address, port }: Listener): boolean {
  const all = ["0.0.0.0", "*"];
  return (
    protocol === wanted.protocol &&
    port === wanted.port &&
    (address === wanted.address || all.includes(address) || wanted.address === "0.0.0.0")
  );
}

function portTaken({ protocol, port, purpose, key }: PlannedPort, holder: Listener): MissingRequirement {
  const [process] = holder.processes;
  const name = process === undefined ? "another process" : `${process.name} (pid ${process.pid})`;
  return {
    what: `${protocol.toUpperCase()} port ${port} is in use: ${name} listens on ${holder.address}:${port}`,
    why: `needed by ${purpose}`,
    fix: key === null ? `stop ${name}` : `stop ${name}, or set ${key} to another value`,
  };
}
