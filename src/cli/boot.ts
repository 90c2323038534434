import { removeBootRecord, writeBootRecord } from "../nodes/boot-record.ts";
import { leaveReadOnly } from "../system/leave-read-only.ts";
import { isErrno } from "../system/unless-missing.ts";
import type { Context } from "./context.ts";
import { warn } from "./output.ts";

/** Keeps the fabric's command line, with which the host's next start brings it up. */
export async function startAtBoot({ host, loaded, settings, chosenFile }: Context): Promise<void> {
  // Nothing starts the fabrics of ordinary users.
  if (settings.enclosure !== null) {
    return;
  }
  const { name, sets } = loaded.source;
  try {
    await writeBootRecord(host, settings.stateDir, { name, file: chosenFile, sets });
  } catch (error) {
    if (!isErrno(error, "EROFS") && !isErrno(error, "ENOSPC")) {
      throw error;
    }
    warn(`cannot write to ${settings.stateDir}: the fabric will not come back when this host starts again`);
  }
}

/** Lets the fabric stay down when the host starts again. */
export async function stayDownAtBoot({ host, settings }: Context): Promise<void> {
  await removeBootRecord(leaveReadOnly(host, warn), settings.stateDir);
}
