import { CommandError } from "../errors.ts";
import type { InterfaceName } from "../fabric/types.ts";
import type { Host } from "../system/host.ts";
import type { ObservedRedirect } from "./model/observed.ts";

/** A filter in the output of `tc -j filter show`, as far as it concerns us. u32 prints two others for its hash table. */
interface FilterJson {
  readonly kind: string;
  readonly options?: {
    readonly match?: { readonly mask: string };
    readonly actions?: readonly ActionJson[];
  };
}

interface ActionJson {
  readonly kind: string;
  readonly mirred_action?: string;
  readonly direction?: string;
  readonly to_dev?: string;
}

interface QdiscJson {
  readonly kind: string;
  readonly dev: string;
}

/**
 * Reads what happens to frames that arrive at these devices, in one process.
 * @param devices that exist.
 * @throws CommandError when tc fails; as for a device that has vanished.
 */
export async function observeRedirects(
  host: Host,
  devices: readonly InterfaceName[],
): Promise<readonly ObservedRedirect[]> {
  if (devices.length === 0) {
    return [];
  }
  const lines = ["qdisc show", ...devices.map((name) => `filter show dev ${name} ingress`)];
  const { stdout, stderr } = await host.run({
    file: "tc",
    args: ["-j", "-batch", "-"],
    input: `${lines.join("\n")}\n`,
  });
  const documents = stdout.split("\n").filter((line) => line.trim() !== "");
  if (documents.length !== lines.length) {
    throw new CommandError(
      "tc -j -batch -",
      0,
      `${documents.length} answers to ${lines.length} lines\n${stderr}`,
    );
  }
  return parseRedirects(devices, documents);
}

/** @param documents what tc prints for `qdisc show`, and for the filters of each device. */
export function parseRedirects(
  devices: readonly InterfaceName[],
  [qdiscs = "[]", ...filters]: readonly string[],
): readonly ObservedRedirect[] {
  const all: readonly QdiscJson[] = JSON.parse(qdiscs);
  const ingress = new Set(all.filter(({ kind }) => INGRESS.includes(kind)).map(({ dev }) => dev));
  return devices.map((from, index) => ({
    from,
    to: targetOf(JSON.parse(filters[index] ?? "[]")),
    hasIngress: ingress.has(from),
  }));
}

const INGRESS = ["ingress", "clsact"];

/** Returns the device to which a single filter, of all frames, redirects them. */
function targetOf(filters: readonly FilterJson[]): InterfaceName | null {
  const [only, ...others] = filters.flatMap(({ kind, options }) =>
    options?.actions === undefined ? [] : [{ kind, match: options.match, actions: options.actions }],
  );
  const [action, ...more] = only?.actions ?? [];
  const isRedirect =
    only?.kind === "u32" &&
    Number(`0x${only.match?.mask ?? "f"}`) === 0 &&
    action?.kind === "mirred" &&
    action.mirred_action === "redirect" &&
    action.direction === "egress";
  return isRedirect && others.length === 0 && more.length === 0 ? (action.to_dev ?? null) : null;
}
