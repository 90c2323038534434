import { compareDigests } from "../../../render/hash.ts";
import type { HostFacts } from "../warm-base/key.ts";
import type { RestoreTarget, SavedNode, SnapshotManifest } from "./manifest.ts";

/**
 * Returns the differences that prevent a restore, a line each; empty if the snapshot can be restored. A VM's memory can
 * only resume with exactly the devices, files and image that it had.
 */
export function snapshotDifferences(saved: SnapshotManifest, target: RestoreTarget): readonly string[] {
  return [
    ...hostDifferences(saved.facts, target.facts),
    ...imageDifferences(saved, target),
    ...nodes(saved, target),
  ];
}

function hostDifferences(saved: HostFacts, now: HostFacts): readonly string[] {
  const lines: string[] = [];
  if (saved.qemuVersion !== now.qemuVersion) {
    lines.push(`QEMU: saved with "${saved.qemuVersion}", this host has "${now.qemuVersion}"`);
  } else if (JSON.stringify(saved.qemuProgram) !== JSON.stringify(now.qemuProgram)) {
    lines.push(`QEMU: saved with another build of "${now.qemuVersion}"`);
  }
  if (saved.kernelRelease !== now.kernelRelease) {
    lines.push(`host kernel: saved on ${saved.kernelRelease}, this host has ${now.kernelRelease}`);
  }
  if (saved.processor !== now.processor) {
    lines.push("host CPU or accelerator differs");
  }
  if (saved.gid !== now.gid) {
    lines.push(`EMULATOR_USER's group: saved with ${saved.gid}, now ${now.gid}`);
  }
  return lines;
}

function imageDifferences(
  { image: saved }: SnapshotManifest,
  { image: now }: RestoreTarget,
): readonly string[] {
  if (saved.id !== now.id) {
    return [`image: saved with ${saved.id}, the configuration needs ${now.id}`];
  }
  const others = Object.keys(saved.files).filter((name) => saved.files[name] !== now.files[name]);
  return others.length === 0 ? [] : [`image ${saved.id} was rebuilt: ${others.join(", ")}`];
}

function nodes(saved: SnapshotManifest, target: RestoreTarget): readonly string[] {
  const names = [...new Set([...Object.keys(saved.nodes), ...Object.keys(target.nodes)])];
  // Reported once above; each VM's command names the image too.
  const imageIsOther = saved.image.id !== target.image.id;
  return names.flatMap((name) => {
    const [before, now] = [saved.nodes[name], target.nodes[name]];
    if (before === undefined) {
      return [`${name}: not in the snapshot`];
    }
    if (now === undefined) {
      return [`${name}: not in the configuration`];
    }
    const machine = imageIsOther ? [] : launchDifferences(before, now);
    const files = compareDigests(before.digests, now.digests).map(
      ({ path, change }) => `${path} (${change})`,
    );
    return [
      ...machine.map((difference) => `${name}: VM differs: ${difference}`),
      ...(files.length === 0 ? [] : [`${name}: files differ: ${files.join(", ")}`]),
    ];
  });
}

/** Limits on the reported words of a VM's command: their number, and the length of each. */
const SHOWN = 6;
const SHOWN_LETTERS = 100;

function launchDifferences(
  { launch: saved }: Pick<SavedNode, "launch">,
  { launch: now }: Pick<SavedNode, "launch">,
): readonly string[] {
  if (JSON.stringify(saved) === JSON.stringify(now)) {
    return [];
  }
  const [before, after] = [saved.command.args, now.command.args];
  const [nicsBefore, nicsAfter] = [nicsOf(before), nicsOf(after)];
  if (nicsBefore !== nicsAfter) {
    return [`${nicsBefore} NICs, now ${nicsAfter}`];
  }
  const words = [
    ...before.filter((word) => !after.includes(word)).map((word) => `was ${shorten(word)}`),
    ...after.filter((word) => !before.includes(word)).map((word) => `is ${shorten(word)}`),
  ];
  const shown = words.length > SHOWN ? [...words.slice(0, SHOWN), "…"] : words;
  return [shown.length === 0 ? "user, program or order of arguments" : shown.join(", ")];
}

/** Counts the NICs in a command: snapshots keep only the command of a VM. */
function nicsOf(words: readonly string[]): number {
  return words.filter((word) => word.startsWith("virtio-net-pci,")).length;
}

function shorten(word: string): string {
  return word.length > SHOWN_LETTERS ? `${word.slice(0, SHOWN_LETTERS)}…` : word;
}
