// The program `attendant.mjs CONFIG`: attend to the BMCs that this file describes, see AttendantConfig.
import { readFile } from "node:fs/promises";
import { findBackend } from "../backends/find.ts";
import { BACKENDS } from "../backends/index.ts";
import { attend } from "../bmc/attendant/attend.ts";
import type { AttendantConfig } from "../bmc/attendant-config.ts";
import { localHost } from "../system/local-host.ts";
import { setUmask } from "../system/umask.ts";

setUmask();
const [, , path = ""] = process.argv;
const host = localHost();
const config = JSON.parse(await readFile(path, "utf8")) as AttendantConfig;
const backend = await findBackend(BACKENDS, config.backend);
await attend(host, await backend.nodes(host, config.runDir), config);
