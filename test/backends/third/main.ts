// The program `third ACTION KEY=VALUE…`: ikvswitch with one more backend. Prints the result of the action as JSON.

import { BACKENDS } from "../../../src/backends/index.ts";
import type { Backends } from "../../../src/backends/model/backend.ts";
import { bmcPrograms } from "../../../src/bmc/programs.ts";
import { readConfig } from "../../../src/config/read.ts";
import { settingsOf } from "../../../src/config/settings.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { observeCommand } from "../../../src/host/observe.ts";
import { takeDown } from "../../../src/lab/down.ts";
import { emulatorStatus } from "../../../src/lab/status.ts";
import { bringUp } from "../../../src/lab/up.ts";
import type { Host } from "../../../src/system/host.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { productFolders } from "../../../src/system/product-path.ts";
import type { Progress } from "../../../src/system/progress.ts";
import { thirdBackend } from "./backend.ts";

const [, , action, ...sets] = process.argv;
const backends: Backends = new Map([...BACKENDS, ["third", async () => thirdBackend]]);
const choices = { BACKEND: [...backends.keys()] as [string, ...string[]] };
const { config, plan: fabric } = readConfig("", null, { sets, choices, plan: planFabric });
const local = localHost();
/** Counts how often the host's whole network was read. */
let observations = 0;
const host: Host = {
  ...local,
  run: (command, options) => {
    observations += command.input === observeCommand.input ? 1 : 0;
    return local.run(command, options);
  },
};
const titles: string[] = [];
const notes: string[] = [];
const progress: Progress = {
  step: (title, run) => {
    titles.push(title);
    return run((note) => notes.push(note));
  },
};
const onWarning = (text: string) => process.stderr.write(`${text}\n`);
const settings = settingsOf(config);
const common = { settings, fabric, backends, progress, onWarning };

switch (action) {
  case "up": {
    const { outcomes } = await bringUp(host, {
      ...common,
      product: productFolders(),
      bmcPrograms: bmcPrograms({ name: null, config: null, sets: [] }),
      timeoutMs: 60_000,
      remember: async () => {},
      keepFaults: false,
      fresh: false,
    });
    process.stdout.write(JSON.stringify({ outcomes, titles, notes, observations }));
    break;
  }
  case "status":
    process.stdout.write(JSON.stringify(await emulatorStatus(host, settings, fabric, backends)));
    break;
  case "down":
    await takeDown(host, { ...common, graceMs: 1_000 });
    process.stdout.write(JSON.stringify({ titles }));
    break;
}
