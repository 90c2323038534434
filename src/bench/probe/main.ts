import "../../system/earlier-node.ts";

import { receive } from "./receive.ts";
import { type SendOptions, send } from "./send.ts";

/** Task of a probe process, which receives it as JSON. */
export type ProbeTask =
  | ({ readonly task: "send" } & SendOptions)
  | { readonly task: "receive"; readonly address: string; readonly port: number };

export async function main(json: string): Promise<void> {
  const task = JSON.parse(json) as ProbeTask;
  if (task.task === "send") {
    process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`);
    await send(task);
  } else {
    await receive(task.address, task.port);
  }
}
