import type { Host } from "./host.ts";

/** A process at the other end of a connection. */
export interface SocketPeer {
  readonly pid: number;
  readonly protocol: "tcp" | "unix";
}

/** Returns the processes of this host that are connected to a process by TCP or a unix socket, by its pid. */
export async function findSocketPeers(
  host: Host,
  pids: readonly number[],
): Promise<ReadonlyMap<number, readonly SocketPeer[]>> {
  const { stdout } = await host.run({
    file: "ss",
    args: ["--no-header", "--numeric", "--tcp", "--unix", "--processes", "state", "established"],
  });
  const connections = parseConnections(stdout);
  const byLocalEnd = new Map(connections.map((connection) => [connection.local, connection]));
  return new Map(
    pids.map((pid) => [
      pid,
      connections
        .filter((connection) => connection.pids.includes(pid))
        .flatMap(({ peer, protocol }) => {
          const [other] = byLocalEnd.get(peer)?.pids ?? [];
          return other === undefined || other === pid ? [] : [{ pid: other, protocol }];
        }),
    ]),
  );
}

interface Connection {
  readonly protocol: "tcp" | "unix";
  /** Its ends: both sockets of TCP, the inode of a unix socket. */
  readonly local: string;
  readonly peer: string;
  readonly pids: readonly number[];
}

/**
 * @param text lines of `ss -Hntxp state established`: protocol, two queues, local address, peer address, and
 *   `users:(("NAME",pid=N,…`. A unix socket's address is its path and its inode; the peer's path is `*`.
 */
export function parseConnections(text: string): readonly Connection[] {
  return text.split("\n").flatMap((line): readonly Connection[] => {
    const pids = [...line.matchAll(/\("[^"]*",pid=(\d+)/g)].map(([, pid]) => Number(pid));
    const [kind = "", , , ...ends] = line
      .replace(/\susers:.*$/, "")
      .trim()
      .split(/\s+/);
    if (kind === "tcp") {
      const [local, peer] = ends;
      return [{ protocol: "tcp", local: `${local} ${peer}`, peer: `${peer} ${local}`, pids }];
    }
    // A path may have spaces.
    const [local, peer] = [ends.at(-3), ends.at(-1)];
    return kind === "u_str" && local !== undefined && peer !== undefined
      ? [{ protocol: "unix", local, peer, pids }]
      : [];
  });
}
