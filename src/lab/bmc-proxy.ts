// The program `proxy.mjs CONFIG`: serve the BMCs that the file describes, see ProxyConfig. SIGHUP: read it again.
import "../system/earlier-node.ts";

import { readFile } from "node:fs/promises";
import { findBackend } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import { connectToAgent } from "../bmc/proxy/agent.ts";
import { bmcProxy } from "../bmc/proxy/serve.ts";
import type { ProxyConfig } from "../bmc/proxy-config.ts";
import { type SwitchMachines, switchControl } from "../bmc/switch-control.ts";
import { localHost } from "../system/local-host.ts";
import { setUmask } from "../system/umask.ts";
import { vmControl } from "../vms/control.ts";

setUmask();
const [, , path = ""] = process.argv;
const host = localHost();
const readConfig = async () => JSON.parse(await readFile(path, "utf8")) as ProxyConfig;

const first = await readConfig();
// The directory we were started in may be inaccessible to the emulator's user.
process.chdir("/");
const agent = connectToAgent(first.agent);
let machines: SwitchMachines | undefined;
const proxy = bmcProxy(host, ({ kind, facts: { name }, choosesBoot }) =>
  kind === "switch" && machines !== undefined
    ? switchControl(machines, name)
    : vmControl(host, first, { name, choosesBoot, agent }),
);

async function serve(config: ProxyConfig): Promise<void> {
  // Only of a backend whose switches have BMCs may the emulator's user read the files.
  if (config.bmcs.some(({ kind }) => kind === "switch")) {
    const backend = await findBackend(BACKENDS, config.backend);
    machines = await backend.nodes(host, config.runDir);
  }
  await proxy.serve(config);
}

process.on("SIGHUP", async () => serve(await readConfig()));
await serve(first);
