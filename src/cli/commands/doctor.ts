import { toned } from "../../format/tone.ts";
import { command } from "../command.ts";
import { loadContext } from "../context.ts";
import { ExitCode } from "../exit-codes.ts";
import { print, printJson } from "../output.ts";

export const doctorCommand = command({
  command: "doctor",
  describe: "Look for everything the emulator needs: what is there, what is missing, and how to get it",
  run: async (options) => {
    const { host, loaded, fabric } = await loadContext(options);
    const { examineHost, formatFindings } = await import("../../host/doctor/doctor.ts");
    const { checkProgramsRun } = await import("../../image/programs-finding.ts");
    const { bfdFinding } = await import("../../nodes/bfd-finding.ts");
    const { processors } = await import("../../backends/qemu/bring-all.ts");
    const { checkLimits } = await import("../../backends/netns/limits-finding.ts");
    const { checkKvm } = await import("../../backends/qemu/kvm-finding.ts");
    const { qemuProgram } = await import("../../backends/qemu/command.ts");
    const { findArchitecture } = await import("../../backends/qemu/preflight.ts");
    const architecture = await findArchitecture(host);
    const kvm = checkKvm(host, loaded.config, architecture);
    const findings = await examineHost(host, fabric, {
      stateDir: loaded.config.STATE_DIR,
      qemu: qemuProgram(architecture),
      more: [
        () => kvm,
        async (machine) =>
          bfdFinding({
            switches: fabric.nodes.length,
            processors: await processors(machine),
            emulated: loaded.config.BACKEND === "qemu" && (await kvm).status !== "found",
            intervalMs: loaded.config.BFD_INTERVAL_MS,
          }),
        (machine) => checkProgramsRun(machine, loaded.config.STATE_DIR),
        checkLimits,
      ],
    });
    const missing = findings.filter(({ status }) => status === "missing").length;
    if (options.json) {
      printJson(findings);
    } else {
      const verdict =
        missing === 0
          ? toned("good", "This machine has all that is needed.")
          : toned("bad", `${missing} ${missing === 1 ? "thing is" : "things are"} missing.`);
      print(`${formatFindings(findings)}\n\n${verdict}`);
    }
    process.exitCode = missing === 0 ? ExitCode.done : ExitCode.machine;
  },
});
