import { linkReport } from "../../faults/format.ts";
import { parseImpairment } from "../../faults/impairment.ts";
import { changeLink, clearAllLinks, type LinkChange } from "../../lab/link-faults.ts";
import { linkOfBridge } from "../service/find.ts";
import { type Call, type Route, route } from "./route.ts";

const LINK_ANSWER = {
  type: "application/json",
  description: "The link as it is now",
  schema: "Link",
} as const;

const word = (description: string) => ({ type: "string", maxLength: 20, description }) as const;

/** Routes that inject faults into links, and clear them. */
export const faultRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/links/{bridge}/fault",
    summary: "Inject a fault into a link",
    command: "link down, link blackhole, link impair",
    fields: {
      fault: {
        type: "string",
        enum: ["down", "blackhole", "impair"],
        required: true,
        description: "`impair` needs at least one of the other properties",
      },
      loss: word("Packet loss each way: 1%"),
      delay: word("Delay each way: 10ms"),
      jitter: word("Variation of the delay: 2ms"),
      rate: word("Rate limit each way: 100mbit"),
    },
    answer: LINK_ANSWER,
    run: async (call) => {
      const { fault, ...words } = call.body;
      const change = fault === "impair" ? impairment(words) : { kind: fault };
      return changed(call, change);
    },
  }),
  route({
    method: "DELETE",
    path: "/links/{bridge}/fault",
    summary: "Clear all faults of a link",
    command: "link up",
    answer: LINK_ANSWER,
    run: (call) => changed(call, { kind: "up" }),
  }),
  route({
    method: "DELETE",
    path: "/faults",
    summary: "Clear all faults of all links; frozen switches stay frozen",
    command: "link up --all",
    answer: {
      type: "application/json",
      description: "The names of the links that had any",
      schema: { type: "object", properties: { cleared: { type: "array", items: { type: "string" } } } },
    },
    run: async ({ services }) => {
      const { lab } = await services.lab();
      const links = await clearAllLinks(lab).finally(() => services.watcher.hurry());
      return { kind: "json", body: { cleared: links.map(({ name }) => name) } };
    },
  }),
];

function impairment(words: Parameters<typeof parseImpairment>[0]): LinkChange {
  return { kind: "impair", impairment: parseImpairment(words) };
}

async function changed({ services, parameters }: Pick<Call, "services" | "parameters">, change: LinkChange) {
  const { lab } = await services.lab();
  const link = linkOfBridge(lab.fabric, parameters.bridge);
  const after = await changeLink(lab, link, change).finally(() => services.watcher.hurry());
  return { kind: "json", body: linkReport(after) } as const;
}
