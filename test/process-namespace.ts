import { execaSync } from "execa";

/** Set where the test runner is in such a namespace already. */
export const IN_PROCESS_NAMESPACE = "IKVSWITCH_TEST_PROCESS_NAMESPACE";

/**
 * Run the test runner again, in a PID namespace of its own, and end as it does. What the tests start are daemons and
 * virtual machines, which outlive those who start them. This way the kernel ends them all with the runner, also when
 * it is killed.
 *
 * Does nothing in that second runner, and nothing for unit tests, which start nothing and need no root.
 * @param args the runner's own: `run --project integration …`
 */
export function enterProcessNamespace(args: readonly string[]): void {
  if (process.env[IN_PROCESS_NAMESPACE] !== undefined || onlyUnitTests(args) || process.getuid?.() !== 0) {
    return;
  }
  // Ctrl-C reaches the second runner as well, which ends what it does; this one waits for it.
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

/** The command that runs a command in a PID namespace, which ends with the command or with whoever runs it. */
export function inProcessNamespace(command: readonly string[]): readonly string[] {
  return [
    ...["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"],
    // A shell comes first, because the first process of a PID namespace has to collect those that lost their parents.
    ...["sh", "-c", '"$@"; exit $?', "sh", ...command],
  ];
}

function onlyUnitTests(args: readonly string[]): boolean {
  const projects = args.flatMap((arg, index) =>
    arg === "--project" ? [args[index + 1]] : arg.startsWith("--project=") ? [arg.slice(10)] : [],
  );
  return projects.length > 0 && projects.every((project) => project === "unit");
}
