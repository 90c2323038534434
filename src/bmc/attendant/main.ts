import { readFile } from "node:fs/promises";
import { localHost } from "../../system/local-host.ts";
import { attend } from "./attend.ts";

/** Attend to the BMCs that this file describes: see `AttendantConfig`. */
export async function main(configPath: string): Promise<void> {
  await attend(localHost(), JSON.parse(await readFile(configPath, "utf8")));
}
