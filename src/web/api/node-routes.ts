import { currentBackend } from "../../backends/find.ts";
import { labMachines } from "../../lab/lab.ts";
import {
  changeFreeze,
  changePower,
  FREEZE_ACTIONS,
  POWER_ACTIONS,
  type PowerAction,
} from "../../lab/node-power.ts";
import { readConsolePasswords } from "../../nodes/console-passwords.ts";
import { Refusal } from "../model/error.ts";
import { nodeNamed } from "../service/find.ts";
import { type Route, route } from "./route.ts";
import { POWER_ANSWER } from "./schemas.ts";

const ACTIONS = [...POWER_ACTIONS, ...FREEZE_ACTIONS] as const;

/** Logs end with what is newest. */
const MAX_LOG_CHARACTERS = 200_000;

/** Routes of single switches. */
export const nodeRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/nodes/{node}/power",
    summary: "Stop, start, restart, freeze or thaw a switch",
    command: "node",
    fields: {
      action: { type: "string", enum: ACTIONS, required: true, description: "As the command of that name" },
    },
    answer: POWER_ANSWER,
    run: async ({ services, parameters, body: { action } }) => {
      const { lab } = await services.lab();
      const { name } = nodeNamed(lab.fabric, parameters.node);
      try {
        if (isPower(action)) {
          const [outcome] = await changePower(lab, [name], action);
          return { kind: "json", body: { outcome } };
        }
        await changeFreeze(lab, [name], action);
        return { kind: "json", body: { outcome: action === "freeze" ? "frozen" : "running" } };
      } finally {
        services.watcher.hurry();
      }
    },
  }),
  route({
    method: "GET",
    path: "/nodes/{node}/log",
    summary: "The end of a switch's log: its serial console, or its programs' output",
    command: "logs",
    answer: {
      type: "application/json",
      description: "The log",
      schema: { type: "object", properties: { log: { type: "string" } } },
    },
    run: async ({ services, parameters }) => {
      const { lab } = await services.lab();
      const { name } = nodeNamed(lab.fabric, parameters.node);
      const log = await (await labMachines(lab)).log(name);
      return { kind: "json", body: { log: log.slice(-MAX_LOG_CHARACTERS) } };
    },
  }),
  route({
    method: "GET",
    path: "/nodes/{node}/vnc",
    summary: "Address and password of a switch's VNC console, which also is a WebSocket of the same path",
    command: "vnc",
    answer: {
      type: "application/json",
      description: "The console",
      schema: {
        type: "object",
        properties: {
          address: { type: "string" },
          port: { type: "integer" },
          password: { type: ["string", "null"] },
        },
      },
    },
    run: async ({ services, parameters }) => {
      const { lab } = await services.lab();
      const { host, settings, fabric, backends } = lab;
      const node = nodeNamed(fabric, parameters.node);
      const place = { runDir: settings.runDir, configured: settings.backend, backends };
      const backend = await currentBackend(host, place);
      if (backend.vnc === undefined) {
        throw new Refusal(404, "not-found", `the ${backend.name} backend has no VNC console`);
      }
      const { vnc: password } = await readConsolePasswords(host, settings);
      const address = backend.vnc.listenAddress(settings);
      return { kind: "json", body: { address, port: node.machine.vncPort, password } };
    },
  }),
];

function isPower(action: (typeof ACTIONS)[number]): action is PowerAction {
  return POWER_ACTIONS.some((one) => one === action);
}
