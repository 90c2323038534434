import { execaSync } from "execa";

/** Environment variable that is set if the test runner is already in such a namespace. */
export const IN_PROCESS_NAMESPACE = "IKVSWITCH_TEST_PROCESS_NAMESPACE";

/**
 * Runs the test runner again in a PID namespace of its own, and exits with its exit code. Tests start daemons and
 * virtual machines, which outlive their parents. In the namespace the kernel ends them all with the runner, even if it
 * is killed.
 *
 * Does nothing in that second runner, and nothing for unit tests, which start no daemons and need no root.
 * @param args the runner's arguments: `run --project integration …`
 */
export function enterProcessNamespace(args: readonly string[]): void {
  if (process.env[IN_PROCESS_NAMESPACE] !== undefined || onlyUnitTests(args) || process.getuid?.() !== 0) {
    return;
  }
  // Ctrl-C reaches the second runner as well, which ends its work; this one waits for it.
  process.on("SIGINT", () => {});
  const runner = [process.execPath, ...process.execArgv, process.argv[1] ?? "", ...args];
  const [file = "", ...words] = inProcessNamespace(runner);
  const { exitCode } = execaSync(file, words, {
    stdio: "inherit",
    reject: false,
    env: { [IN_PROCESS_NAMESPACE]: "1" },
  });
  process.exit(exitCode ?? 1);
}

/** Returns the command that runs a command in a PID namespace, which ends with the command or with the caller. */
export function inProcessNamespace(command: readonly string[]): readonly string[] {
  return [
    ...["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
    // A shell is first, because the first process of a PID namespace has to collect orphaned processes.
    ...["sh", "-c", '"$@"; exit $?', "sh", ...command],
  ];
}

function onlyUnitTests(args: readonly string[]): boolean {
  const projects = args.flatMap((arg, index) =>
    arg === "--project" ? [args[index + 1]] : arg.startsWith("--project=") ? [arg.slice(10)] : [],
  );
  return projects.length > 0 && projects.every((project) => project === "unit");
}
