import { type MissingRequirement, PreflightError } from "../errors.ts";
import type { Architecture } from "../system/architecture.ts";
import type { Host } from "../system/host.ts";
import { describeProbe, probe } from "../system/probe.ts";
import { qemuProgram } from "./options.ts";

/**
 * Returns QEMU's own version line.
 * @throws PreflightError if QEMU can't be run.
 */
export async function findQemu(host: Host, architecture: Architecture): Promise<string> {
  const file = qemuProgram(architecture);
  const result = await probe(host, { file, args: ["--version"] });
  if (result.end === "exit" && result.exitCode === 0) {
    return result.stdout.split("\n")[0] ?? "";
  }
  const fix = `apt install ${architecture === "arm64" ? "qemu-system-arm" : "qemu-system-x86"}`;
  throw new PreflightError([
    {
      what:
        result.end === "not executed"
          ? `no ${file}`
          : `${file} does not work: ${describeProbe(file, result)}`,
      why: "runs virtual machines",
      fix: result.end === "not executed" ? fix : `${fix.replace("install", "install --reinstall")}`,
    },
  ]);
}

/** Returns the problem with the device by which emulators attach to taps. */
export async function tunProblem(host: Host): Promise<MissingRequirement[]> {
  const device = await host.run(
    { file: "stat", args: ["--format=%a", "/dev/net/tun"] },
    { okExitCodes: [1] },
  );
  const why = "virtual machines attach to their taps through it, as an unprivileged user";
  if (device.exitCode !== 0) {
    return [{ what: "no /dev/net/tun", why, fix: "modprobe tun" }];
  }
  const mode = Number.parseInt(device.stdout, 8);
  return (mode & 0o006) === 0o006
    ? []
    : [
        {
          what: "/dev/net/tun is not accessible to users",
          why,
          fix: "chmod 0666 /dev/net/tun, as udev does",
        },
      ];
}
