import { linkReport } from "../../faults/format.ts";
import { observeLinks } from "../../faults/observe.ts";
import { labHosts } from "../../lab/lab.ts";
import { emulatorStatus } from "../../lab/status.ts";
import type { LabUpdate } from "../model/state.ts";
import { updates } from "../service/updates.ts";
import { type Call, type Route, route } from "./route.ts";

/** Routes that only read: plan, status, links, and what happens. */
export const fabricRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/plan",
    summary: "Every name, address, MAC and AS number of the fabric",
    command: "plan",
    answer: { type: "application/json", description: "The plan", schema: "Plan" },
    run: async ({ services }) => ({ kind: "json", body: (await services.lab()).lab.fabric }),
  }),
  route({
    method: "GET",
    path: "/status",
    summary: "Switches, their sessions and their access",
    command: "status",
    answer: { type: "application/json", description: "The status", schema: "Status" },
    run: async ({ services }) => {
      const { host, settings, fabric, backends } = (await services.lab()).lab;
      return { kind: "json", body: await emulatorStatus(host, settings, fabric, backends) };
    },
  }),
  route({
    method: "GET",
    path: "/links",
    summary: "All links with their ends and states",
    command: "link ls",
    answer: {
      type: "application/json",
      description: "The links",
      schema: { type: "array", items: { $ref: "#/components/schemas/Link" } },
    },
    run: async ({ services }) => {
      const { lab } = await services.lab();
      const links = await observeLinks(await labHosts(lab), lab.fabric);
      return { kind: "json", body: links.map(linkReport) };
    },
  }),
  route({
    method: "GET",
    path: "/watch",
    summary: "What the page shows, as it changes",
    answer: {
      type: "text/event-stream",
      description:
        "Server-sent events: `state` with a whole LabState first, then `change` with what has changed. The fabric is " +
        "observed every 2 seconds while anybody listens. A WebSocket of this path has the same documents.",
    },
    run: async (call) => ({ kind: "stream", type: "text/event-stream", chunks: await watch(call) }),
  }),
];

/** Waits for the first state, so that a failure becomes the answer. */
async function watch({ services, ended }: Call): Promise<AsyncIterable<string>> {
  const all = updates(services.watcher, ended);
  const first = await all.next();
  return messages(first, all);
}

async function* messages(
  first: IteratorResult<LabUpdate | undefined, undefined>,
  rest: AsyncGenerator<LabUpdate | undefined, undefined>,
): AsyncGenerator<string> {
  try {
    if (!first.done) {
      yield message(first.value);
      for await (const update of rest) {
        yield message(update);
      }
    }
  } finally {
    await rest.return(undefined);
  }
}

/** A comment tells that the server is alive. */
function message(update: LabUpdate | undefined): string {
  return update === undefined ? ":\n\n" : `event: ${update.kind}\ndata: ${JSON.stringify(update)}\n\n`;
}
