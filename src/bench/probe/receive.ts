import { createSocket } from "node:dgram";
import { once } from "node:events";
import { findGaps } from "./gaps.ts";
import { decodeProbe, type Probe } from "./packet.ts";

const REPORT_MS = 50;

/** Reports of the receiver while it runs, a line of JSON each. */
export type ReceiverReport =
  | { readonly pid: number }
  /** This many in a row have arrived, and the last one was number `last`. */
  | { readonly inARow: number; readonly last: number }
  | { readonly end: ReturnType<typeof findGaps> };

/** Counts probes until asked to end, and then reports which are missing. */
export async function receive(address: string, port: number): Promise<void> {
  const socket = createSocket("udp4");
  const probes: Probe[] = [];
  let inARow = 0;
  let last = -1;
  socket.on("message", (packet) => {
    const probe = decodeProbe(packet);
    if (probe !== undefined) {
      inARow = probe.sequence === last + 1 ? inARow + 1 : 1;
      last = probe.sequence;
      probes.push(probe);
    }
  });
  socket.bind(port, address);
  await once(socket, "listening");
  say({ pid: process.pid });
  const timer = setInterval(() => say({ inARow, last }), REPORT_MS);
  await once(process, "SIGTERM");
  clearInterval(timer);
  socket.close();
  say({ end: findGaps(probes) });
}

function say(report: ReceiverReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
