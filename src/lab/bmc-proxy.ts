// The program `proxy.mjs CONFIG`: serve the BMCs that the file describes, see ProxyConfig. SIGHUP: read it again.
import { readFile } from "node:fs/promises";
import { findBackend } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import { connectToAgent } from "../bmc/proxy/agent.ts";
import { bmcProxy } from "../bmc/proxy/serve.ts";
import type { ProxyConfig } from "../bmc/proxy-config.ts";
import { switchControl } from "../bmc/switch-control.ts";
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
const backend = await findBackend(BACKENDS, first.backend);
const machines = await backend.nodes(host, first.runDir);
const agent = connectToAgent(first.agent);
const proxy = bmcProxy(host, ({ kind, facts: { name }, choosesBoot }) =>
  kind === "switch" ? switchControl(machines, name) : vmControl(host, first, { name, choosesBoot, agent }),
);
process.on("SIGHUP", async () => proxy.serve(await readConfig()));
await proxy.serve(first);
