import type { CommandModule } from "yargs";
import { consoleCommand, logsCommand, sshCommand, vncCommand } from "../commands/access.ts";
import { atBootCommand } from "../commands/at-boot.ts";
import { benchCommand } from "../commands/bench.ts";
import { captureCommand } from "../commands/capture.ts";
import { checkCommand } from "../commands/check.ts";
import { completionCommand } from "../commands/completion.ts";
import { configCommand } from "../commands/config.ts";
import { copyCommand } from "../commands/copy.ts";
import { doctorCommand } from "../commands/doctor.ts";
import { enterCommand } from "../commands/enter.ts";
import { envCommand } from "../commands/env.ts";
import { eventsCommand } from "../commands/events.ts";
import { execCommand } from "../commands/exec.ts";
import { exportCommand } from "../commands/export/export.ts";
import { downCommand, setupCommands, statusCommand, upCommand } from "../commands/fabric.ts";
import { graphCommand } from "../commands/graph.ts";
import { hostsCommand } from "../commands/hosts.ts";
import { imageCommand } from "../commands/image.ts";
import { inventoryCommand } from "../commands/inventory.ts";
import { leasesCommand } from "../commands/leases.ts";
import { linkCommand } from "../commands/link.ts";
import { lsCommand } from "../commands/ls.ts";
import { metricsCommand } from "../commands/metrics.ts";
import { hostNetworkCommands, netCommand } from "../commands/net.ts";
import { nodeCommand } from "../commands/node.ts";
import { openCommand } from "../commands/open.ts";
import { planCommand } from "../commands/plan.ts";
import { plugCommand } from "../commands/plug.ts";
import { portsCommand } from "../commands/ports.ts";
import { renderCommand } from "../commands/render.ts";
import { saveCommand } from "../commands/save.ts";
import { schemaCommand } from "../commands/schema.ts";
import { snapshotCommand } from "../commands/snapshot.ts";
import { sshConfigCommand } from "../commands/ssh-config.ts";
import { topCommand } from "../commands/top.ts";
import { trustCommand } from "../commands/trust.ts";
import { vmCommand } from "../commands/vm/vm.ts";
import { webCommand } from "../commands/web.ts";

export type Program = "ikvswitch" | "ikvswitch-host-networking" | "ikvswitch-setup";

export interface ProgramDefinition {
  /** One line about the program. */
  readonly usage: string;
  /** In the order in which help lists them. */
  readonly commands: readonly CommandModule[];
  /** Command lines with their descriptions. */
  readonly examples: readonly (readonly [string, string])[];
}

export const programs: Readonly<Record<Program, ProgramDefinition>> = {
  ikvswitch: {
    usage: "Run a datacenter fabric on this host: racks, leaf and spine switches, BGP up to the host.",
    commands: [
      upCommand,
      downCommand,
      statusCommand,
      lsCommand,
      checkCommand,
      eventsCommand,
      netCommand,
      planCommand,
      graphCommand,
      configCommand,
      doctorCommand,
      sshCommand,
      execCommand,
      copyCommand,
      enterCommand,
      sshConfigCommand,
      hostsCommand,
      inventoryCommand,
      envCommand,
      consoleCommand,
      vncCommand,
      logsCommand,
      saveCommand,
      snapshotCommand,
      nodeCommand,
      linkCommand,
      plugCommand,
      portsCommand,
      exportCommand,
      vmCommand,
      leasesCommand,
      captureCommand,
      openCommand,
      topCommand,
      metricsCommand,
      webCommand,
      benchCommand,
      renderCommand,
      schemaCommand,
      imageCommand,
      trustCommand,
      completionCommand,
      atBootCommand,
    ],
    examples: [
      ["$0 doctor", "check the requirements"],
      ["$0 plan", "show every name, address, MAC and AS number"],
      ["$0 up", "bring the fabric up"],
    ],
  },
  "ikvswitch-host-networking": {
    usage: "Manage the host network: bridges, taps, one route and one SNAT rule.",
    commands: hostNetworkCommands,
    examples: [
      ["$0 start", "create 187 interfaces and 94 bridges, with the shipped configuration"],
      ["$0 start --dry-run", "print the commands instead"],
    ],
  },
  "ikvswitch-setup": {
    usage: "Manage the switches; `start` also creates the host network that they need.",
    commands: setupCommands,
    examples: [],
  },
};
