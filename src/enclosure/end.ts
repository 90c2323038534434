import { endsWithin } from "../system/end-process.ts";
import type { Host } from "../system/host.ts";
import { type ProcessIdentity, signalProcess } from "../system/process-identity.ts";
import { firstDevices } from "./files.ts";
import type { EnclosurePlace } from "./place.ts";

const TIMEOUT_MS = 10_000;

/** Ends the enclosure and everything in it, and removes its folder. The caller has the lock on the folder. */
export async function endEnclosure(
  host: Host,
  place: EnclosurePlace,
  enclosure: ProcessIdentity,
): Promise<void> {
  await signalProcess(host, enclosure, "SIGKILL");
  await endsWithin(host, enclosure, TIMEOUT_MS);
  await host.remove(place.folder);
}

/**
 * Reports whether an enclosure has nothing but what it was made with: no other process, no other network device. Its
 * first process is the parent of those whose own parent has ended.
 */
export async function isIdle(host: Host, place: EnclosurePlace, { pid }: ProcessIdentity): Promise<boolean> {
  const [children, devices, first] = await Promise.all([
    host.readFile(`/proc/${pid}/task/${pid}/children`),
    host.readFile(`/proc/${pid}/net/dev`),
    firstDevices(host, place),
  ]);
  if (children === undefined || devices === undefined) {
    return false;
  }
  const others = [...devices.matchAll(/^\s*(\S+):/gm)].filter(([, name = ""]) => !first.includes(name));
  const words = await Promise.all(
    children
      .split(" ")
      .filter((word) => /^\d+$/.test(word))
      .map((child) => host.readFile(`/proc/${child}/cmdline`)),
  );
  return others.length === 0 && words.every((line) => line === undefined || line.includes(WAY_OUT));
}

/** In the command line of the process that keeps the way out. */
const WAY_OUT = "libexec/enclosure/make";
