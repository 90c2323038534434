import type { Host } from "./host.ts";

/** A socket at which some process of this network namespace listens. */
export interface Listener {
  readonly protocol: "tcp" | "udp";
  /** As ss(8) prints it: `127.0.0.1`, `0.0.0.0`, `[::1]`; `*` for all addresses of both families. */
  readonly address: string;
  readonly port: number;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

/** Returns all listening TCP and UDP sockets, with the processes that hold them. */
export async function findListeners(host: Host): Promise<readonly Listener[]> {
  const { stdout } = await host.run({
    file: "ss",
    args: ["--no-header", "--listening", "--numeric", "--tcp", "--udp", "--processes"],
  });
  return parseListeners(stdout);
}

/**
 * Parses the listening sockets.
 * @param text lines of `ss -Hlntup`: protocol, state, two queues, local address, peer, and `users:(("NAME",pid=N,…`
 */
export function parseListeners(text: string): readonly Listener[] {
  return text.split("\n").flatMap((line) => {
    const [protocol, , , , local = ""] = line.trim().split(/\s+/);
    const cut = local.lastIndexOf(":");
    if ((protocol !== "tcp" && protocol !== "udp") || cut < 0) {
      return [];
    }
    const processes = [...line.matchAll(/\("([^"]*)",pid=(\d+)/g)].map(([, name = "", pid]) => ({
      name,
      pid: Number(pid),
    }));
    // A socket may be bound to a device: 127.0.0.53%lo.
    const address = local.slice(0, cut).replace(/%.*$/, "");
    return [{ protocol, address, port: Number(local.slice(cut + 1)), processes }];
  });
}
