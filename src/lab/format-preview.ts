import { type Tone, toned } from "../format/tone.ts";
import type { FilePreview, NodePreview, UpPreview } from "./preview-up.ts";

/** Formats what `up` would change: a line for each part, and the differences of each switch's files. */
export function formatPreview(preview: UpPreview): string {
  if (preview.asPlanned) {
    return toned("good", "'ikvswitch up' would change nothing.");
  }
  const { otherBackend, network, nodes, faults } = preview;
  return [
    ...(otherBackend === null ? [] : [`All switches of the ${otherBackend} backend would be stopped first.`]),
    `Host network: ${network}.`,
    ...faults.map((line) => `Cleared: ${line}`),
    ...alike(nodes).flatMap(formatNodes),
  ].join("\n");
}

/** Puts switches together to which the same happens. */
function alike(nodes: readonly NodePreview[]): readonly (readonly [NodePreview, ...NodePreview[]])[] {
  const groups = new Map<string, [NodePreview, ...NodePreview[]]>();
  for (const node of nodes) {
    const { action, files } = node;
    const key = JSON.stringify([action, files]);
    const group = groups.get(key);
    group === undefined ? groups.set(key, [node]) : group.push(node);
  }
  return [...groups.values()];
}

const ACTIONS: Readonly<Record<NodePreview["action"], string>> = {
  update: "Updated, without a restart if its programs can",
  start: "Started",
  restart: "Restarted",
  stop: "Stopped and removed",
};

function formatNodes(group: readonly [NodePreview, ...NodePreview[]]): readonly string[] {
  const [{ action, files }] = group;
  return [`${ACTIONS[action]}: ${group.map(({ name }) => name).join(", ")}`, ...files.flatMap(formatFile)];
}

function formatFile({ path, change, diff }: FilePreview): readonly string[] {
  return diff === null
    ? [`  ${path}: ${change}`]
    : diff
        .trimEnd()
        .split("\n")
        .map((line) => `  ${paint(line)}`);
}

const TONES: Readonly<Record<string, Tone>> = { "+": "good", "-": "bad" };

function paint(line: string): string {
  const isHead = line.startsWith("--- ") || line.startsWith("+++ ");
  const tone = isHead ? undefined : TONES[line.slice(0, 1)];
  return tone === undefined ? line : toned(tone, line);
}
