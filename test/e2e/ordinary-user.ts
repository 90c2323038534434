import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Namespace, Output, RunOptions, Started } from "../integration/namespace.ts";
import { projectPath } from "../integration/namespace.ts";

/** An ordinary user of a test's host: without any privilege, with a home and a runtime folder. */
export interface OrdinaryUser {
  readonly uid: number;
  readonly home: string;
  readonly runtime: string;
  run(file: string, args: readonly string[], options?: RunOptions): Promise<Output>;
  start(file: string, args: readonly string[], options?: RunOptions): Started;
  /** Runs `ikvswitch` with these settings of a small fabric of namespaces. */
  ikvswitch(words: readonly string[], exitCodes?: readonly number[]): Promise<Output>;
  /** Lists the user's processes that still run. */
  processes(): Promise<string>;
  /** Removes the user's home. */
  close(): Promise<void>;
}

/** Of no user in /etc/passwd. */
const UID = 21_001;

/**
 * Makes the user. As most first users of Debian and Ubuntu, it is a member of adm, which may read lldpcli.
 * @param settings `--set KEY=VALUE` and other words before the command.
 */
export async function createOrdinaryUser(
  host: Namespace,
  settings: readonly string[],
  uid = UID,
): Promise<OrdinaryUser> {
  const home = await mkdtemp(join(tmpdir(), "ikvswitch-home-"));
  const runtime = `/run/user/${uid}`;
  await host.shell(`
    mkdir -p ${runtime} /run/passwd
    cat /etc/passwd >/run/passwd/${uid}
    echo "user${uid}:x:${uid}:${uid}::${home}:/bin/sh" >>/run/passwd/${uid}
    mount --bind /run/passwd/${uid} /etc/passwd
    chown ${uid}:${uid} ${home} ${runtime}
    chmod 0700 ${home} ${runtime}`);
  const asUser = (file: string, args: readonly string[]): readonly string[] => [
    ...[`--reuid=${uid}`, `--regid=${uid}`, "--groups=adm", "--inh-caps=-all", "--", "env"],
    ...[`HOME=${home}`, `XDG_RUNTIME_DIR=${runtime}`, file, ...args],
  ];
  const run = (file: string, args: readonly string[], options?: RunOptions) =>
    host.run("setpriv", asUser(file, args), options);
  return {
    uid,
    home,
    runtime,
    run,
    start: (file, args, options) => host.start("setpriv", asUser(file, args), options),
    ikvswitch: (words, exitCodes = [0]) =>
      run(projectPath("bin/ikvswitch"), [...settings, ...words], { exitCodes }),
    // Exit code 1: none. Those that have ended are not counted: nobody may have waited for them yet.
    processes: async () =>
      (await host.run("pgrep", ["-u", `${uid}`, "-r", "R,S,D,T", "-a"], { exitCodes: [0, 1] })).stdout,
    close: () => rm(home, { recursive: true }),
  };
}
