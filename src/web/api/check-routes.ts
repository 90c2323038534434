import { CHECK_KINDS } from "../../check/model/kinds.ts";
import { prepareCheck } from "../../lab/check.ts";
import { nodeNamed } from "../service/find.ts";
import { type Route, route } from "./route.ts";

/** Returns the route that checks the fabric. Each server has its own: only one check of it runs at a time. */
export function checkRoutes(): readonly Route[] {
  let before: Promise<unknown> = Promise.resolve();
  return [
    route({
      method: "POST",
      path: "/check",
      summary: "Compare the fabric with its plan",
      command: "check",
      fields: {
        only: {
          type: "array",
          items: { type: "string", enum: CHECK_KINDS },
          maxItems: CHECK_KINDS.length,
          description: "Only these checks (default: all)",
        },
        nodes: {
          type: "array",
          items: { type: "string" },
          maxItems: 200,
          description: "Only these switches (default: all)",
        },
      },
      answer: { type: "application/json", description: "The result", schema: "CheckReport" },
      run: async ({ services, body: { only = CHECK_KINDS, nodes = [] } }) => {
        const { lab, assertionFiles } = await services.lab();
        const names = nodes.map((name) => nodeNamed(lab.fabric, name).name);
        const kinds = new Set(CHECK_KINDS.filter((kind) => only.includes(kind)));
        const selection = { kinds, nodes: names.length === 0 ? null : new Set(names) };
        const attempt = await prepareCheck(lab, { selection, assertionFiles, waitMs: 0 });
        const report = before.then(attempt, attempt);
        before = report;
        return { kind: "json", body: await report };
      },
    }),
  ];
}
