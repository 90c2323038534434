import { KEYS } from "./keys/table.ts";
import { findKey, isFamily, numberedKey } from "./keys.ts";
import type { ConfigSource, LoadedConfig } from "./types.ts";

/** One key as `config show` prints it. */
export interface ConfigRow {
  /** As written in the file: `NUM_U`, `DHCPD_SUBNET_1`. */
  readonly key: string;
  /** After interpolation; a secret that is set is masked unless asked for. */
  readonly value: string;
  /** `default`, `--set`, or `/etc/ikvswitch/ikvswitch.conf:12`. */
  readonly source: string;
  readonly unit: string | null;
  readonly help: string;
}

const MASK = "********";

/** Returns every value of a configuration, in the order of the table of keys. */
export function describeConfig(
  loaded: LoadedConfig,
  options: { readonly secrets?: boolean } = {},
): ConfigRow[] {
  return keysInOrder(loaded).flatMap((key): ConfigRow[] => {
    const entry = loaded.entries[key];
    const found = findKey(key);
    if (entry === undefined || found === undefined) {
      return [];
    }
    const secret = found.kind === "plain" && found.spec.secret === true;
    const masked = secret && entry.text !== "" && options.secrets !== true;
    return [
      {
        key,
        value: masked ? MASK : entry.text,
        source: describeSource(entry.source),
        unit: (found.kind === "plain" ? found.spec.unit : undefined) ?? null,
        help: found.spec.help.replaceAll("{n}", found.kind === "numbered" ? String(found.number) : ""),
      },
    ];
  });
}

/** Describes the origin of a value in a few words. */
export function describeSource(source: ConfigSource): string {
  switch (source.kind) {
    case "default":
      return "default";
    case "file":
      return `${source.file}:${source.line}`;
    case "set":
      return "--set";
  }
}

function keysInOrder(loaded: LoadedConfig): string[] {
  return Object.entries(KEYS).flatMap(([key, spec]) => {
    if (!isFamily(spec)) {
      return [key];
    }
    return Array.from({ length: spec.family.last }, (_, index) => numberedKey(spec, index + 1)).filter(
      (name) => name in loaded.entries,
    );
  });
}
