import type { Argv } from "yargs";
import { consoleCommand, execCommand, logsCommand, sshCommand, vncCommand } from "../commands/access.ts";
import { benchCommand } from "../commands/bench.ts";
import { captureCommand } from "../commands/capture.ts";
import { checkCommand } from "../commands/check.ts";
import { configCommand } from "../commands/config.ts";
import { copyCommand } from "../commands/copy.ts";
import { doctorCommand } from "../commands/doctor.ts";
import { downCommand, setupCommands, statusCommand, upCommand } from "../commands/fabric.ts";
import { graphCommand } from "../commands/graph.ts";
import { imageCommand } from "../commands/image.ts";
import { linkCommand } from "../commands/link.ts";
import { hostNetworkCommands, netCommand } from "../commands/net.ts";
import { nodeCommand } from "../commands/node.ts";
import { planCommand } from "../commands/plan.ts";
import { renderCommand } from "../commands/render.ts";
import { saveCommand } from "../commands/save.ts";
import { snapshotCommand } from "../commands/snapshot.ts";
import { topCommand } from "../commands/top.ts";

export type Program = "ikvswitch" | "ikvswitch-host-networking" | "ikvswitch-setup";

/** Which commands each program has. */
export const commands: Readonly<Record<Program, (parser: Argv) => Argv>> = {
  ikvswitch: (parser) =>
    parser
      .usage(
        "$0 <command>\n\nA whole datacenter fabric on this machine: racks, leaf and spine switches, BGP to the host.",
      )
      .command(upCommand)
      .command(downCommand)
      .command(statusCommand)
      .command(checkCommand)
      .command(netCommand)
      .command(planCommand)
      .command(graphCommand)
      .command(configCommand)
      .command(doctorCommand)
      .command(sshCommand)
      .command(execCommand)
      .command(copyCommand)
      .command(consoleCommand)
      .command(vncCommand)
      .command(logsCommand)
      .command(saveCommand)
      .command(snapshotCommand)
      .command(nodeCommand)
      .command(linkCommand)
      .command(captureCommand)
      .command(topCommand)
      .command(benchCommand)
      .command(renderCommand)
      .command(imageCommand)
      .example("$0 doctor", "what this machine has and lacks")
      .example("$0 plan", "every name, address, MAC and AS number that would be used")
      .example("$0 net start --dry-run", "the commands that would create the host network"),
  "ikvswitch-host-networking": (parser) =>
    hostNetworkCommands
      .reduce(
        (program, command) => program.command(command),
        parser.usage(
          "$0 <command>\n\nThe host's side of the fabric: bridges, taps, one route and one SNAT rule.",
        ),
      )
      .example("$0 start", "187 network interfaces and 94 bridges, with the shipped configuration")
      .example("$0 start --dry-run", "a script that does the same"),
  "ikvswitch-setup": (parser) =>
    setupCommands.reduce(
      (program, command) => program.command(command),
      parser.usage(
        "$0 <command>\n\nThe fabric's switches, and with `start` the host network that they need.",
      ),
    ),
};
