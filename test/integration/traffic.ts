import { expect } from "vitest";
import { pollUntil } from "../../src/system/poll.ts";
import { patiently } from "../patience.ts";
import { HOST_ADDRESS, type Namespace, OUTSIDE_ADDRESS, type Site } from "./namespace.ts";

/*
 *  a ── ikeb1-3 ── b              two machines plugged into one link
 *
 *  router ── ikhb (host) up0 ── down0 (outside)
 *  192.168.96.2                 198.51.100.1
 *  192.168.98.1 on lo
 */

/** Expects all kinds of traffic that the fabric needs to pass. */
export async function assertTrafficPasses(site: Site): Promise<void> {
  const [a] = await pluggedPair(site);
  await ping(a, "192.168.110.12");
  await ping(a, "10.99.0.1");
  const router = await pluggedRouter(site);
  await ping(site.host, "192.168.98.1");
  await ping(router, "-I", "192.168.98.1", OUTSIDE_ADDRESS);
  expect(await addressSeen(site.outside, OUTSIDE_ADDRESS, router, "192.168.98.1")).toBe(HOST_ADDRESS);
}

/** Connects two machines to one link, each with a foreign network behind it, as servers may have. */
export async function pluggedPair(site: Site): Promise<readonly [Namespace, Namespace]> {
  const a = await site.plug("ikeb1-3", "192.168.110.11/24");
  const b = await site.plug("ikeb1-3", "192.168.110.12/24");
  await a.shell("ip route add 10.99.0.0/16 via 192.168.110.12");
  await b.shell("ip address add 10.99.0.1/32 dev lo");
  return [a, b];
}

/** Connects a namespace in place of the internet router to the host's link, with a loopback address of the fabric. */
async function pluggedRouter(site: Site): Promise<Namespace> {
  const router = await site.plug("ikhb", "192.168.96.2/24");
  await router.shell("ip address add 192.168.98.1/32 dev lo; ip route add default via 192.168.96.1");
  return router;
}

/** Pings until an answer arrives, since a bridge takes a moment to enable a new port. */
export async function ping(from: Namespace, ...words: readonly string[]): Promise<void> {
  await pollUntil(
    { what: `ping ${words.join(" ")}`, timeoutMs: patiently(10_000), intervalMs: 50 },
    async () => {
      const { exitCode, stdout } = await from.run("ping", ["-c", "1", "-W", "1", ...words], {
        exitCodes: [0, 1, 2],
      });
      return exitCode === 0 ? { done: true, value: null } : { done: false, seen: stdout };
    },
  );
}

/** Returns the client's address that a server sees over TCP. */
export async function addressSeen(
  server: Namespace,
  serverAddress: string,
  client: Namespace,
  clientAddress: string,
): Promise<string> {
  const answer = server.start("timeout", [
    `${CONNECTION_TIMEOUT_S}`,
    process.execPath,
    "--eval",
    `const server = require("net").createServer((socket) => { socket.end(socket.remoteAddress); server.close(); });
     server.listen(${PORT}, "${serverAddress}");`,
  ]);
  await pollUntil(
    { what: "the server listening", timeoutMs: patiently(10_000), intervalMs: 20 },
    async () => {
      const { stdout } = await server.run("ss", ["-Hltn"]);
      return stdout.includes(`:${PORT}`) ? { done: true, value: null } : { done: false, seen: stdout };
    },
  );
  const { stdout } = await client.run("timeout", [
    `${CONNECTION_TIMEOUT_S}`,
    process.execPath,
    "--eval",
    `require("net").connect({ port: ${PORT}, host: "${serverAddress}", localAddress: "${clientAddress}" }).pipe(process.stdout)`,
  ]);
  await answer.output;
  return stdout.trim();
}

const PORT = 7007;
const CONNECTION_TIMEOUT_S = patiently(10_000) / 1000;
