import type { CommandModule } from "yargs";
import { DEFAULT_GRACE_MS, type Machines } from "../../nodes/machines.ts";
import { command, commandGroup } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { selectNodes } from "../find-node.ts";
import { lockFabric } from "../lock-network.ts";
import { print } from "../output.ts";
import { fabricMachines } from "../place.ts";
import { printDocument } from "../print-document.ts";

interface PowerOptions extends GlobalOptions {
  readonly nodes: readonly string[];
}

const actions = ["stop", "start", "restart"] as const;
type PowerAction = (typeof actions)[number];

const describe: Readonly<Record<PowerAction, string>> = {
  stop: "Shut switches down; power them off after 30 seconds",
  start: "Start switches",
  restart: "Stop switches, then start them",
};

const freezing = {
  freeze: "Pause switches: they neither forward nor answer, and links keep carrier",
  thaw: "Resume frozen switches",
} as const;
type Freezing = keyof typeof freezing;

export const nodeCommand = commandGroup("node", "Stop, start, restart, freeze or thaw single switches", [
  ...actions.map(powerCommand),
  freezeCommand("freeze"),
  freezeCommand("thaw"),
]);

function powerCommand(action: PowerAction): CommandModule {
  return command<PowerOptions>({
    command: `${action} <nodes..>`,
    describe: describe[action],
    builder: (parser) =>
      parser.positional("nodes", { array: true, type: "string", describe: "Switches: leaf1, spine2, ..." }),
    run: (options) => changePower(options, action),
  });
}

function freezeCommand(action: Freezing): CommandModule {
  return command<PowerOptions>({
    command: `${action} <nodes..>`,
    describe: freezing[action],
    builder: (parser) =>
      parser.positional("nodes", { array: true, type: "string", describe: "Switches: leaf1, spine2, ..." }),
    run: (options) => freezeOrThaw(options, action),
  });
}

async function freezeOrThaw(options: PowerOptions, action: Freezing): Promise<void> {
  const context = await loadContext(options);
  const { fabric } = context;
  const { freezeNodes, thawNodes } = await import("../../faults/freeze.ts");
  const names = selectNodes(fabric, options.nodes).map(({ name }) => name);
  await lockFabric(context, `node ${action}`, async () => {
    const machines = await fabricMachines(context);
    await (action === "freeze" ? freezeNodes : thawNodes)(machines, names);
  });
  if (options.json) {
    printDocument("node", { action, nodes: names });
  } else {
    print(`${names.join(", ")}: ${action === "freeze" ? "frozen" : "running"}.`);
  }
}

async function changePower(options: PowerOptions, action: PowerAction): Promise<void> {
  const context = await loadContext(options);
  const { fabric } = context;
  const names = selectNodes(fabric, options.nodes).map(({ name }) => name);
  const machines = await fabricMachines(context);
  const outcomes = await lockFabric(context, `node ${action}`, () =>
    Promise.all(names.map((name) => changePowerOf(machines, name, action))),
  );
  if (options.json) {
    printDocument("node", { action, nodes: names });
  } else {
    print(names.map((name, index) => `${name}: ${outcomes[index]}.`).join("\n"));
  }
}

/** @returns the outcome, as printed for the user */
async function changePowerOf(machines: Machines, name: string, action: PowerAction): Promise<string> {
  const { power } = await machines.power(name);
  if (action === "start" && power === "on") {
    return "already running";
  }
  if (action === "restart") {
    await machines.assertStartable(name);
  }
  if (action !== "start") {
    await machines.stop(name, { graceMs: DEFAULT_GRACE_MS });
  }
  if (action === "stop") {
    return power === "on" ? "stopped" : "already stopped";
  }
  await machines.start(name);
  return "started";
}
