// The program `attendant.mjs CONFIG`: attend to the BMCs that this file describes, see AttendantConfig.
import { readFile } from "node:fs/promises";
import { localHost } from "../../system/local-host.ts";
import { setUmask } from "../../system/umask.ts";
import { attend } from "./attend.ts";

setUmask();
const [, , config = ""] = process.argv;
await attend(localHost(), JSON.parse(await readFile(config, "utf8")));
