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
  describe: "Check this host's requirements, and show how to meet missing ones",
  run: async (options) => {
    const context = await loadContext(options);
    const { host, settings, fabric } = context;
    const { examineHost, formatFindings } = await import("../../host/doctor/doctor.ts");
    const { allBackends } = await import("../../backends/find.ts");
    const backends = await allBackends(BACKENDS);
    const findings = await examineHost(host, fabric, {
      stateDir: settings.stateDir,
      emulators: await Promise.all(backends.flatMap(({ emulator }) => emulator?.program(host) ?? [])),
      more: [
        ...backends.map((backend) => () => backend.examine(host, { settings, fabric })),
        () => examineOtherFabrics(context),
      ],
    });
    const missing = findings.filter(({ status }) => status === "missing").length;
    if (options.json) {
      printDocument("doctor", { findings });
    } else {
      const verdict =
        missing === 0
          ? toned("good", "This host meets all requirements.")
          : toned("bad", `${missing} ${missing === 1 ? "requirement is" : "requirements are"} missing.`);
      print(`${formatFindings(findings)}\n\n${verdict}`);
    }
    process.exitCode = missing === 0 ? ExitCode.done : ExitCode.machine;
  },
});

/** Reports everything that other fabrics on this host have and this one needs. */
async function examineOtherFabrics(context: Context): Promise<readonly Finding[]> {
  const { observeClashes } = await import("../clashes.ts");
  const { toFinding } = await import("../../host/findings/finding.ts");
  return (await observeClashes(context)).map((clash) => toFinding("other fabrics", clash));
}
