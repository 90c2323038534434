#!/usr/bin/env node
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { formatTable } from "../src/format/table.ts";
import type { EmulatorStatus } from "../src/lab/status.ts";
import { createNetnsSite } from "../test/e2e/netns-site.ts";
import { createOrdinaryUser } from "../test/e2e/ordinary-user.ts";
import { createSite, type Namespace, type Site } from "../test/integration/namespace.ts";
import { startBgp, untilEstablished } from "../test/kernel-lab/inside/server.ts";
import { machineName, spread, sum } from "./lib/figures.ts";
import { memoryMiBOf } from "./lib/processes.ts";

// `npm run bench:plug`: what passes between two servers in different racks that attach by taps, by TCP and by unix
// sockets, in turn, RUNS times, and then by TCP to the fabric of an ordinary user. The switches are namespaces. A server is a namespace, too, which a QEMU without a machine
// connects to a tap or a socket, as it connects a VM's NIC. Prints medians and writes everything to RESULT.
//
//   server ── QEMU ── tap or socket ── leaf1 ── spine1, spine2 ── leaf3 ── tap or socket ── QEMU ── server

const RUNS = Number(process.env.RUNS ?? 5);
const RESULT = process.env.RESULT ?? "bench-plug.json";
const SECONDS = 4;
const PINGS = 300;
const OF_ROOT = ["tap", "TCP", "unix"] as const;
const KINDS = [...OF_ROOT, "TCP, without root"] as const;
const SETS = ["BACKEND=netns", "NUM_RACKS=2", "PLUG_SOCKETS=yes"];
const MTUS = [9000, 1500] as const;

interface Run {
  readonly kind: (typeof KINDS)[number];
  readonly mtu: (typeof MTUS)[number];
  readonly mbitPerSecond: number;
  readonly rttMs: number;
  /** Memory of one process of the sockets' program that serves a client. */
  readonly pssMiB: number;
}

interface Place {
  readonly rack: number;
  /** Of the position's first NIC. */
  readonly port: number;
  readonly address: string;
  readonly address6: string;
}

/** U3 of the first and of the second rack, of which each has 13 positions. */
const PLACES: readonly Place[] = [
  { rack: 1, port: 29_001, address: "192.168.100.51", address6: "fd69:6b76:7377:e::1:51" },
  { rack: 2, port: 29_027, address: "192.168.100.52", address6: "fd69:6b76:7377:e::2:52" },
];

it("measures servers that attach by taps and sockets", { timeout: RUNS * 10 * 60_000 }, async () => {
  const runs = [...(await measureRoot()), ...(await measureUser())];
  const machine = machineName();
  await writeFile(RESULT, `${JSON.stringify({ machine, runs }, null, 2)}\n`);
  console.log(`${machine}, ${RUNS} runs\n\n${table(runs)}\n\nAll in ${RESULT}`);
  expect(runs).toHaveLength(RUNS * KINDS.length * MTUS.length);
});

async function measureRoot(): Promise<readonly Run[]> {
  const site = await createNetnsSite(SETS);
  try {
    await site.ikvswitch(["up"]);
    const { vlans } = (await site.json(["status"])) as EmulatorStatus;
    return await measureAll(site, OF_ROOT, vlans ? 10 : null);
  } finally {
    await site.close();
  }
}

async function measureUser(): Promise<readonly Run[]> {
  const site = await createSite();
  const user = await createOrdinaryUser(
    site.host,
    SETS.flatMap((set) => ["--set", set]),
  );
  try {
    await user.ikvswitch(["up"]);
    const { vlans } = JSON.parse((await user.ikvswitch(["status", "--json"])).stdout) as EmulatorStatus;
    return await measureAll(site, ["TCP, without root"], vlans ? 10 : null);
  } finally {
    await user.ikvswitch(["down"]);
    await user.close();
    await site.close();
  }
}

async function measureAll(
  site: Site,
  kinds: readonly Run["kind"][],
  vlan: number | null,
): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    for (const kind of kinds) {
      for (const mtu of MTUS) {
        runs.push(await measure(site, kind, mtu, vlan));
      }
    }
  }
  return runs;
}

async function measure(site: Site, kind: Run["kind"], mtu: Run["mtu"], vlan: number | null): Promise<Run> {
  const servers: Namespace[] = [];
  for (const place of PLACES) {
    const { machine } = await site.plugIntoSocket(netdev(kind, place), {
      address: `10.9.${place.rack}.1/24`,
      mtu,
    });
    await startBgp(machine, 4_200_001_000 + place.rack, [place.address, place.address6], vlan);
    servers.push(machine);
  }
  const [one, two] = servers;
  const [from, to] = PLACES;
  if (one === undefined || two === undefined || from === undefined || to === undefined) {
    throw new Error("there are two servers");
  }
  await Promise.all(servers.map(untilEstablished));
  await one.shell(`until ping -n -c 1 -W 1 -I ${from.address} ${to.address} >/dev/null; do sleep 0.1; done`);
  const mbitPerSecond = await throughput(one, two, from, to);
  const rttMs = await roundTrip(one, from, to);
  const pssMiB = await memory(site);
  await site.unplug();
  // The fabric notices that the servers are gone.
  await sleep(2_000);
  return { kind, mtu, mbitPerSecond, rttMs, pssMiB };
}

function netdev(kind: Run["kind"], { rack, port }: Place): string {
  switch (kind) {
    case "tap":
      return `tap,ifname=ikvm${rack}-3-1,script=no,downscript=no`;
    case "TCP":
    case "TCP, without root":
      return `socket,connect=127.0.0.1:${port}`;
    case "unix":
      return `stream,server=off,addr.type=unix,addr.path=/run/ikvswitch/plug/${rack}-3-1`;
  }
}

async function throughput(one: Namespace, two: Namespace, from: Place, to: Place): Promise<number> {
  const server = two.start("iperf3", ["--server", "--one-off", "--bind", to.address]);
  await two.shell(`until ss -Hltn src ${to.address}:5201 | grep -q .; do sleep 0.05; done`);
  const words = ["--client", to.address, "--bind", from.address, "--time", `${SECONDS}`, "--json"];
  const { stdout } = await one.run("iperf3", words);
  await server.output;
  return JSON.parse(stdout).end.sum_received.bits_per_second / 1e6;
}

async function roundTrip(one: Namespace, from: Place, to: Place): Promise<number> {
  const words = ["-n", "-q", "-i", "0.01", "-c", `${PINGS}`, "-I", from.address, to.address];
  const { stdout } = await one.run("ping", words);
  return Number(/= [\d.]+\/([\d.]+)\//.exec(stdout)?.[1] ?? Number.NaN);
}

/** Returns the mean of the processes that have a tap open: all but the first of the program. */
async function memory({ host }: Site): Promise<number> {
  const [, ...children] = (await host.shell("pgrep -f /run/ikvswitch/plug-sockets/list | sort -n")).stdout
    .trim()
    .split("\n");
  const sizes = await Promise.all(children.map((pid) => memoryMiBOf(Number(pid), "Pss")));
  return sizes.length === 0 ? 0 : sum(sizes) / sizes.length;
}

function table(runs: readonly Run[]): string {
  const cell = (values: readonly number[], digits: number) => {
    const [median, min, max] = spread(values, digits);
    return `${median} (${min}-${max})`;
  };
  return formatTable(
    ["MEDIAN (MIN-MAX)", "MTU", "MBIT/S", "PING, MS", "PSS, MIB"],
    KINDS.flatMap((kind) =>
      MTUS.map((mtu) => {
        const own = runs.filter((run) => run.kind === kind && run.mtu === mtu);
        return [
          kind,
          mtu,
          cell(
            own.map(({ mbitPerSecond }) => mbitPerSecond),
            0,
          ),
          cell(
            own.map(({ rttMs }) => rttMs),
            2,
          ),
          cell(
            own.map(({ pssMiB }) => pssMiB),
            1,
          ),
        ];
      }),
    ),
  );
}
