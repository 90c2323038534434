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
  await removeFolder(host, place);
}

/** Removes the enclosure's folder, and that of all enclosures with the last one. */
export async function removeFolder(host: Host, { base, folder }: EnclosurePlace): Promise<void> {
  await host.remove(folder);
  // 1: there are other enclosures.
  await host.run({ file: "rmdir", args: ["--", base] }, { okExitCodes: [1] });
}

/**
 * Returns what an enclosure has besides what it was made with: network devices, and processes whose parent is its first
 * one, since their own has ended. It must not be ended while there is any.
 */
export async function foundInEnclosure(
  host: Host,
  place: EnclosurePlace,
  { pid }: ProcessIdentity,
): Promise<readonly string[]> {
  const [children, devices, first] = await Promise.all([
    host.readFile(`/proc/${pid}/task/${pid}/children`),
    host.readFile(`/proc/${pid}/net/dev`),
    firstDevices(host, place),
  ]);
  const names = [...(devices ?? "").matchAll(/^\s*(\S+):/gm)].map(([, name = ""]) => name);
  const processes = await Promise.all(
    ((children ?? "").match(/\d+/g) ?? []).map(async (child) => ({
      child,
      words: ((await host.readFile(`/proc/${child}/cmdline`)) ?? "").split("\0"),
    })),
  );
  return [
    ...names.filter((name) => !first.includes(name)).map((name) => `device ${name}`),
    // A process that has ended meanwhile has no words.
    ...processes
      .filter(({ words }) => words[0] !== "" && !words.some(isWay))
      .map(({ child, words }) => `process ${child} (${words[0]})`),
  ];
}

/** Reports whether it is in the command line of a process that the enclosure was made with. */
function isWay(word: string): boolean {
  return WAYS.some((program) => word.endsWith(program));
}

/** Keep the way out, and the way in. */
const WAYS = ["libexec/enclosure/make", "libexec/enclosure/host-ports"];
