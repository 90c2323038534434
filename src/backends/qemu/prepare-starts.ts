import type { Host } from "../../system/host.ts";
import { writeDisk } from "./deliver.ts";
import { writeLaunch } from "./launch-file.ts";
import { makeLeasesDisks } from "./make-leases-disks.ts";
import { makeNodeFolders } from "./make-node-folders.ts";
import type { NodeWork } from "./prepare.ts";

/** Writes everything that VMs need to be started, now or later by their BMCs. */
export async function prepareStarts(
  host: Host,
  work: readonly NodeWork[],
  { runDir, vncPassword }: { readonly runDir: string; readonly vncPassword: string },
): Promise<void> {
  const [user] = work.map(({ launch }) => launch.user);
  if (user === undefined) {
    return;
  }
  await makeNodeFolders(
    host,
    runDir,
    user,
    work.map(({ folder }) => folder),
  );
  await makeLeasesDisks(
    host,
    user,
    work.flatMap(({ launch }) => launch.leases ?? []),
  );
  await Promise.all(
    work.map(async ({ folder, launch, delivery }) => {
      await host.writeFile(folder.vncPassword, vncPassword);
      await writeDisk(host, folder, delivery);
      await writeLaunch(host, folder, launch);
    }),
  );
}
