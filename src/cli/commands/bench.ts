import { UsageError } from "../../errors.ts";
import { productPath } from "../../system/product-path.ts";
import { command, commandGroup } from "../command.ts";
import { type GlobalOptions, interrupted, loadContext } from "../context.ts";
import { lockFabric } from "../lock-network.ts";
import { print } from "../output.ts";
import { fabricHosts, fabricMachines } from "../place.ts";
import { printDocument } from "../print-document.ts";
import { showProgress } from "../progress.ts";

interface FailoverOptions extends GlobalOptions {
  readonly trials: number;
  readonly scenario: readonly string[] | undefined;
  readonly rate: number;
}

const SCENARIOS = ["link-down", "link-blackhole", "spine-freeze", "spine-stop", "leaf-stop"] as const;

const failoverCommand = command<FailoverOptions>({
  command: "failover",
  describe: "Measure how long a failure interrupts traffic between two racks",
  builder: (parser) =>
    parser
      .option("trials", {
        type: "number",
        default: 5,
        requiresArg: true,
        describe: "Trials per scenario (default: 5)",
      })
      .option("scenario", {
        array: true,
        nargs: 1,
        choices: SCENARIOS,
        describe: `Failure to inject: ${SCENARIOS.join(", ")} (repeatable; default: all)`,
      })
      .option("rate", {
        type: "number",
        default: 1000,
        requiresArg: true,
        describe: "Probes per second (default: 1000)",
      }),
  run: async (options) => {
    assertWhole("trials", options.trials, 1, 1000);
    assertWhole("rate", options.rate, 10, 10_000);
    const context = await loadContext(options);
    const { demandOneHost } = await import("../../lab/check-hosts.ts");
    demandOneHost(context.fabric, "bench failover");
    const { host, fabric } = context;
    const { measureFailover } = await import("../../bench/failover/failover.ts");
    const { formatFailover } = await import("../../bench/failover/format.ts");
    const wanted = options.scenario ?? SCENARIOS;
    const request = {
      fabric,
      hosts: await fabricHosts(context),
      machines: await fabricMachines(context),
      program: { node: process.execPath, script: productPath("libexec/probe") },
      scenarios: SCENARIOS.filter((scenario) => wanted.includes(scenario)),
      trials: options.trials,
      perSecond: options.rate,
      interrupted,
      progress: showProgress({ quiet: options.json }),
    };
    const report = await lockFabric(context, "bench failover", () => measureFailover(host, request));
    if (options.json) {
      printDocument("bench failover", report);
    } else {
      print(formatFailover(report));
    }
  },
});

export const benchCommand = commandGroup("bench", "Run benchmarks on the running fabric", [failoverCommand]);

function assertWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(`invalid value of --${name}: not a whole number from ${least} to ${most}`);
  }
}
