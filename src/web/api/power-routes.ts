import { type Route, route } from "./route.ts";

/** The route that brings the whole fabric up and takes it down. */
export const powerRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/fabric/power",
    summary: "Bring the fabric up, or take it down; answered when that is done",
    command: "up, down",
    fields: {
      action: {
        type: "string",
        enum: ["up", "down"],
        required: true,
        description: "As the command of that name, without options of its own",
      },
    },
    answer: { type: null, description: "It is done" },
    run: async ({ services, body: { action } }) => {
      const { work, power, watcher } = services;
      await work.during(power[action]).finally(() => watcher.hurry());
      return { kind: "empty" };
    },
  }),
];
