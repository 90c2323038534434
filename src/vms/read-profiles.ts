import { parse } from "ini";
import { suggest } from "../config/suggest.ts";
import { ConfigError, type ConfigProblem } from "../errors.ts";
import type { DiskProfile, Profile } from "./profile.ts";
import {
  DISK_KEY,
  diskType,
  isProfileKey,
  PROFILE_KEYS,
  type ProfileKey,
  type ProfileValues,
  profileFrom,
} from "./profile-keys.ts";

/** A file of profiles: the shipped one, or the user's. */
export interface ProfileFile {
  /** As named in messages. */
  readonly path: string;
  readonly text: string;
}

/** A profile's settings as written, with their file. */
type Written = Readonly<Record<string, { readonly text: string; readonly file: ProfileFile }>>;

/**
 * Reads profiles from INI files. A later file adds profiles, and overrides single settings of earlier ones.
 * @returns the profiles by name.
 * @throws ConfigError with every problem: file, line, and profile with key.
 */
export function readProfiles(files: readonly ProfileFile[]): ReadonlyMap<string, Profile> {
  const problems: ConfigProblem[] = [];
  const written = new Map<string, Written>();
  for (const file of files) {
    for (const [name, section] of Object.entries(parse(file.text))) {
      if (typeof section !== "object" || section === null || Array.isArray(section)) {
        problems.push({
          ...placeOf(file, null, name),
          message: "a setting outside of a profile, such as [server]",
        });
      } else if (!PROFILE_NAME.test(name)) {
        const message = `[${name}] is not a profile's name: 1 to 30 letters, digits and -`;
        problems.push({ file: file.path, message });
      } else {
        const own = Object.entries(section as object).map(
          ([key, value]) => [key, { text: textOf(value), file }] as const,
        );
        written.set(name, { ...written.get(name), ...Object.fromEntries(own) });
      }
    }
  }
  const profiles = [...written].map(
    ([name, settings]) => [name, readProfile(name, settings, problems)] as const,
  );
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return new Map(profiles);
}

const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,29}$/;

function readProfile(name: string, written: Written, problems: ConfigProblem[]): Profile {
  const values: Partial<Record<ProfileKey, unknown>> = Object.fromEntries(
    Object.entries(PROFILE_KEYS).map(([key, { type, default: text }]) => [
      key,
      parsedValue(type.parse(text)),
    ]),
  );
  const disks: DiskProfile[] = [];
  for (const [key, { text, file }] of Object.entries(written)) {
    const disk = DISK_KEY.exec(key);
    const type = disk !== null ? diskType : isProfileKey(key) ? PROFILE_KEYS[key].type : undefined;
    const parsed = type?.parse(text) ?? { problem: `unknown setting${suggestion(key)}` };
    if ("problem" in parsed) {
      problems.push({ ...placeOf(file, name, key), message: parsed.problem });
    } else if (disk !== null) {
      disks[Number(disk[1]) - 1] = parsed.value as DiskProfile;
    } else {
      values[key as ProfileKey] = parsed.value;
    }
  }
  return profileFrom(
    name,
    values as unknown as ProfileValues,
    disks.filter((one) => one !== undefined),
  );
}

function parsedValue(parsed: { readonly value: unknown } | { readonly problem: string }): unknown {
  return "value" in parsed ? parsed.value : undefined;
}

function suggestion(key: string): string {
  const similar = suggest(key, [...Object.keys(PROFILE_KEYS), "disk1"]);
  return similar === undefined ? "" : `; did you mean ${similar}?`;
}

/** The parser makes booleans of some words, and an array or an object of keys with brackets and dots. */
function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Finds the line of a setting, which the parser does not tell. */
function placeOf(
  { path, text }: ProfileFile,
  profile: string | null,
  key: string,
): Pick<ConfigProblem, "file" | "line" | "key"> {
  let section: string | null = null;
  const index = text.split("\n").findIndex((line) => {
    section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1] ?? section;
    return section === profile && line.split("=")[0]?.trim() === key;
  });
  return {
    file: path,
    ...(index < 0 ? {} : { line: index + 1 }),
    key: profile === null ? key : `[${profile}] ${key}`,
  };
}
