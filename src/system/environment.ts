import type { Command } from "./host.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Where programs are looked for when our caller does not say. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The whole environment of a program that we start: small and fixed, with what its command adds or keeps of our
 * caller's. The rest of that may be secret, and /proc shows a program's environment for as long as it runs. Messages
 * are in English, so that they can be read by program.
 */
export function environmentOf(
  { env, keepEnv }: Pick<Command, "env" | "keepEnv">,
  caller: Variables,
): Readonly<Record<string, string>> {
  const kept = (keepEnv ?? []).flatMap((name) => {
    const value = caller[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    PATH: caller.PATH || PATH,
    HOME: "/root",
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    ...Object.fromEntries(kept),
    ...env,
  };
}
