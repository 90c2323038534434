import { UsageError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import type { Profile } from "./profile.ts";
import { readProfiles } from "./read-profiles.ts";

/** Limit on a file of profiles. */
const MAX_BYTES = 1024 * 1024;

/**
 * Returns the shipped profiles and those of the user's file, by name. A missing file is none.
 * @throws ConfigError with every problem of both files.
 */
export async function profilesOfHost(host: Host, usersPath: string): Promise<ReadonlyMap<string, Profile>> {
  const shipped = productPath("etc/profiles.ini");
  const texts = await Promise.all(
    [shipped, usersPath].map((path) => host.readFile(path, { maxBytes: MAX_BYTES })),
  );
  return readProfiles(
    [shipped, usersPath].flatMap((path, index) => {
      const text = texts[index];
      return text === undefined ? [] : [{ path, text }];
    }),
  );
}

/** @throws UsageError that lists all profiles */
export function findProfile(profiles: ReadonlyMap<string, Profile>, name: string | undefined): Profile {
  const profile = name === undefined ? undefined : profiles.get(name);
  if (profile === undefined) {
    const problem = name === undefined ? "missing option: --profile" : `unknown profile: ${name}`;
    throw new UsageError(`${problem} (choose from ${[...profiles.keys()].join(", ")})`);
  }
  return profile;
}
