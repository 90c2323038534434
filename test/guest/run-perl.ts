import type { RunResult } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";

const guestPath = (path: string) => new URL(`../../guest/${path}`, import.meta.url).pathname;

/** Runs Perl code with one of the switches' modules, from a virtual machine's folders. Any exit code is accepted. */
export function runPerl(
  module: string,
  script: string,
  args: readonly string[] = [],
  input: string | Uint8Array = "",
): Promise<RunResult> {
  const folders = ["common", "qemu/rootfs/usr/lib/ikvswitch"].flatMap((path) => ["-I", guestPath(path)]);
  return localHost().run(
    { file: "perl", args: [...folders, "-w", `-MIkvSwitch::${module}`, "-e", script, ...args], input },
    { okExitCodes: Array.from({ length: 256 }, (_, code) => code), timeoutMs: 30_000 },
  );
}
