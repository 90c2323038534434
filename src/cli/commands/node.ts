import type { CommandModule } from "yargs";
import type { FreezeAction, PowerAction } from "../../lab/node-power.ts";
import { command, commandGroup } from "../command.ts";
import { type GlobalOptions, loadContext } from "../context.ts";
import { selectNodes } from "../find-node.ts";
import { labOf } from "../lab-of.ts";
import { print } from "../output.ts";
import { printDocument } from "../print-document.ts";

interface PowerOptions extends GlobalOptions {
  readonly nodes: readonly string[];
}

const describe: Readonly<Record<PowerAction, string>> = {
  stop: "Shut switches down; power them off after 30 seconds",
  start: "Start switches",
  restart: "Stop switches, then start them",
};

const freezing = {
  freeze: "Pause switches: they neither forward nor answer, and links keep carrier",
  thaw: "Resume frozen switches",
} as const satisfies Readonly<Record<FreezeAction, string>>;

export const nodeCommand = commandGroup("node", "Stop, start, restart, freeze or thaw single switches", [
  ...(["stop", "start", "restart"] as const).map(powerCommand),
  freezeCommand("freeze"),
  freezeCommand("thaw"),
]);

function powerCommand(action: PowerAction): CommandModule {
  return command<PowerOptions>({
    command: `${action} <nodes..>`,
    describe: describe[action],
    builder: (parser) =>
      parser.positional("nodes", { array: true, type: "string", describe: "Switches: leaf1, spine2, ..." }),
    run: (options) => changePowerOf(options, action),
  });
}

function freezeCommand(action: FreezeAction): CommandModule {
  return command<PowerOptions>({
    command: `${action} <nodes..>`,
    describe: freezing[action],
    builder: (parser) =>
      parser.positional("nodes", { array: true, type: "string", describe: "Switches: leaf1, spine2, ..." }),
    run: (options) => freezeOrThaw(options, action),
  });
}

async function freezeOrThaw(options: PowerOptions, action: FreezeAction): Promise<void> {
  const context = await loadContext(options);
  const names = selectNodes(context.fabric, options.nodes).map(({ name }) => name);
  const { changeFreeze } = await import("../../lab/node-power.ts");
  await changeFreeze(labOf(context), names, action);
  if (options.json) {
    printDocument("node", { action, nodes: names });
  } else {
    print(`${names.join(", ")}: ${action === "freeze" ? "frozen" : "running"}.`);
  }
}

async function changePowerOf(options: PowerOptions, action: PowerAction): Promise<void> {
  const context = await loadContext(options);
  const names = selectNodes(context.fabric, options.nodes).map(({ name }) => name);
  const { changePower } = await import("../../lab/node-power.ts");
  const outcomes = await changePower(labOf(context), names, action);
  if (options.json) {
    printDocument("node", { action, nodes: names });
  } else {
    print(names.map((name, index) => `${name}: ${outcomes[index]}.`).join("\n"));
  }
}
