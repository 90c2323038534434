import type { Settings } from "../../../config/settings.ts";
import type { BootFiles } from "../../../image/store.ts";
import { listenAddress } from "../../../nodes/listen.ts";
import type { Acceleration } from "../../../qemu/accel.ts";
import type { Host } from "../../../system/host.ts";
import { processors } from "../../../system/processors.ts";
import type { Note } from "../../../system/progress.ts";
import type { UpRequest } from "../../model/backend.ts";
import { DISK_BYTES } from "../deliver.ts";
import type { SwitchHost } from "../preflight.ts";
import { isToStart, type NodeWork } from "../prepare.ts";
import { type ProvidedWarmBases, provideWarmBases } from "../warm-base/provide.ts";

/** Facts about the host that starting VMs depends on. */
export interface Site extends SwitchHost, Acceleration {}

export interface SwitchesToStart {
  readonly site: Site;
  readonly boot: BootFiles;
  readonly work: readonly NodeWork[];
}

/** Provides the warm bases of the switches to be started, as a step of `up`. */
export function prepareWarmBases(
  host: Host,
  request: UpRequest,
  switches: SwitchesToStart,
): Promise<ProvidedWarmBases> {
  return request.progress.step(
    "Prepare warm bases",
    (note) => provide(host, request, switches, note),
    (provided) => describe(request.settings.boot, provided),
  );
}

async function provide(
  host: Host,
  { settings, timeoutMs, onWarning }: UpRequest,
  { site, boot, work }: SwitchesToStart,
  note: Note,
): Promise<ProvidedWarmBases> {
  const starting = work.filter(isToStart);
  if (settings.boot === "cold" || starting.length === 0) {
    return { sources: new Map(), made: 0 };
  }
  return provideWarmBases(
    host,
    starting.map(({ node }) => node),
    {
      ...{ ...site, boot, note, timeoutMs, onWarning },
      runDir: settings.runDir,
      vncListen: listenAddress(settings),
      diskBytes: DISK_BYTES,
      atOnce: await processors(host),
      mustHave: settings.boot === "warm",
    },
  );
}

function describe(wanted: Settings["boot"], { sources, made }: ProvidedWarmBases): string {
  const count = `${sources.size} switches will be cloned`;
  return wanted === "cold" ? "none: BOOT=cold" : made === 0 ? count : `${made} made; ${count}`;
}
