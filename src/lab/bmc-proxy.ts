// The program `proxy.mjs CONFIG`: serve the BMCs that the file describes, see ProxyConfig.
import { readFile } from "node:fs/promises";
import { findBackend } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import { serveProxy } from "../bmc/proxy/serve.ts";
import type { ProxyConfig } from "../bmc/proxy-config.ts";
import { localHost } from "../system/local-host.ts";
import { setUmask } from "../system/umask.ts";

setUmask();
const [, , path = ""] = process.argv;
const host = localHost();
const config = JSON.parse(await readFile(path, "utf8")) as ProxyConfig;
const backend = await findBackend(BACKENDS, config.backend);
await serveProxy(host, await backend.nodes(host, config.runDir), config);
