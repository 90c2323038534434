import { createSocket } from "node:dgram";
import { once } from "node:events";
import { encodeProbe } from "./packet.ts";

export interface SendOptions {
  readonly from: string;
  readonly fromPort: number;
  readonly to: string;
  readonly toPort: number;
  readonly perSecond: number;
}

/** Sends probes at a fixed rate until asked to end. Timers are late: overdue probes are sent at once. */
export async function send({ from, fromPort, to, toPort, perSecond }: SendOptions): Promise<void> {
  const socket = createSocket("udp4");
  socket.bind(fromPort, from);
  await once(socket, "listening");
  const startNs = process.hrtime.bigint();
  let sequence = 0;
  const tick = () => {
    const due = Number(process.hrtime.bigint() - startNs) * (perSecond / 1e9);
    for (; sequence < due; sequence += 1) {
      // A server without a route at the moment loses its probe, as any network does.
      socket.send(encodeProbe({ sequence, sentNs: process.hrtime.bigint() }), toPort, to, () => {});
    }
  };
  const timer = setInterval(tick, 1000 / perSecond);
  await once(process, "SIGTERM");
  clearInterval(timer);
  socket.close();
}
