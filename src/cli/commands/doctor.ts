import { BACKENDS } from "../../backends/index.ts";
import { toned } from "../../format/tone.ts";
import type { Finding } from "../../host/findings/finding.ts";
import { command } from "../command.ts";
import { type Context, loadContext } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";
import { print } from "../output.ts";
import { printDocument } from "../print-document.ts";

export const doctorCommand = command({
  command: "doctor",
  describe: "Check the requirements of all hosts, and show how to meet missing ones",
  run: async (options) => {
    const context = await loadContext(options);
    const findings = await examine(context);
    const { formatFindings } = await import("../../host/doctor/doctor.ts");
    const missing = findings.filter(({ status }) => status === "missing").length;
    if (options.json) {
      printDocument("doctor", { findings });
    } else {
      const verdict =
        missing === 0
          ? toned(
              "good",
              `${context.fabric.cluster === undefined ? "This host meets" : "All hosts meet"} all requirements.`,
            )
          : toned("bad", `${missing} ${missing === 1 ? "requirement is" : "requirements are"} missing.`);
      print(`${formatFindings(findings)}\n\n${verdict}`);
    }
    process.exitCode = missing === 0 ? ExitCode.done : ExitCode.machine;
  },
});

async function examine(context: Context): Promise<readonly Finding[]> {
  const { host, settings, fabric } = context;
  if (fabric.cluster !== undefined) {
    const { examineMembers } = await import("../../lab/doctor-members.ts");
    return examineMembers(host, { settings, fabric, backends: BACKENDS });
  }
  const { examineHost } = await import("../../host/doctor/doctor.ts");
  const { allBackends } = await import("../../backends/find.ts");
  const backends = await allBackends(BACKENDS);
  return examineHost(host, fabric, {
    stateDir: settings.stateDir,
    emulators: await Promise.all(backends.flatMap(({ emulator }) => emulator?.program(host) ?? [])),
    more: [
      ...backends.map((backend) => () => backend.examine(host, { settings, fabric })),
      () => examineOtherFabrics(context),
    ],
  });
}

/** Reports everything that other fabrics on this host have and this one needs. */
async function examineOtherFabrics(context: Context): Promise<readonly Finding[]> {
  const { observeClashes } = await import("../clashes.ts");
  const { toFinding } = await import("../../host/findings/finding.ts");
  return (await observeClashes(context)).map((clash) => toFinding("other fabrics", clash));
}
