import type { ExportFile } from "../../../export/model/file.ts";
import type { ServerPlace } from "../../../export/model/positions.ts";
import type { Host } from "../../../system/host.ts";
import { callersFileMode } from "../../../system/umask.ts";
import { print, warn } from "../../output.ts";
import { printDocument } from "../../print-document.ts";

/** Writes files for the user into a folder, which is made if it is missing. */
export async function writeExport(
  host: Host,
  { files, folder, json }: { files: readonly ExportFile[]; folder: string; json: boolean },
  next: readonly string[],
): Promise<void> {
  for (const { path, content } of files) {
    await host.writeFile(`${folder}/${path}`, content, callersFileMode());
  }
  if (json) {
    printDocument("export", { files: files.map(({ path }) => `${folder}/${path}`) });
  } else {
    const count = files.length === 1 ? "1 file" : `${files.length} files`;
    print([`Wrote ${count} to ${folder}.`, ...next].join("\n"));
  }
}

/**
 * Warns if the bridges of links do not exist, as before `up`.
 * @param consequence what happens to those who use them
 */
export async function warnOfMissingBridges(
  host: Host,
  places: readonly ServerPlace[],
  consequence: string,
): Promise<void> {
  const bridges = places.flatMap(({ nics }) => nics.map(({ bridge }) => bridge));
  const found = await Promise.all(
    bridges.map(async (bridge) => (await host.stat(`/sys/class/net/${bridge}`)) !== undefined),
  );
  const missing = bridges.filter((_, index) => found[index] === false);
  if (missing.length > 0) {
    const which = missing.length === 1 ? `${missing[0]} does` : `${missing.length} of the bridges do`;
    warn(`${which} not exist on this host until 'ikvswitch up': ${consequence}`);
  }
}
