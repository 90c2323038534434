import type { Command } from "./host.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Search path for programs, if our caller has none. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Returns the whole environment of a program that we start. It is small and fixed, plus the variables that the command
 * adds or keeps from our caller. Our caller's other variables may be secret, and /proc shows a program's environment
 * for as long as it runs. Messages are in English, so that programs can parse them.
 */
export function environmentOf(
  { env, keepEnv }: Pick<Command, "env" | "keepEnv">,
  caller: Environment,
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
