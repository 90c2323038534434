import { ExitCode } from "./exit-codes.ts";

/** Write a report to stdout, with a newline at its end. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/**
 * End when whoever reads has read enough, as `head` does: nobody is left to tell. Commands print when their work is
 * done, or for as long as they are watched. What is told on the way needs no reader: the work goes on without.
 */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      process.stderr.write(`${error.message}\n`);
      process.exit(ExitCode.failed);
    }
    process.exit();
  });
  process.stderr.on("error", () => {});
}
