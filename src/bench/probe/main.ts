import { receive } from "./receive.ts";
import { type SendOptions, send } from "./send.ts";

/** What a probe process is to do: it is told as JSON. */
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
