import type { NodeFile } from "../render/types.ts";
import type { Host } from "../system/host.ts";

/** Writes a node's files below a folder, at the paths and with the modes that they have inside the switch. */
export async function writeFiles(host: Host, folder: string, files: readonly NodeFile[]): Promise<void> {
  for (const file of files) {
    await host.writeFile(`${folder}${file.path}`, file.content, file.mode);
  }
}
