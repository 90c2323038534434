import type { Settings } from "../../config/settings.ts";
import { PreflightError } from "../../errors.ts";
import { type Finding, found, optionalMissing } from "../../host/findings/finding.ts";
import { checkRoot } from "../../host/findings/host-checks.ts";
import { chooseAccelerator } from "../../qemu/accel.ts";
import { findQemu } from "../../qemu/requirements.ts";
import type { Architecture } from "../../system/architecture.ts";
import { findEmulatorUser } from "../../system/emulator-user.ts";
import type { Host } from "../../system/host.ts";

const requirement = {
  name: "KVM",
  why: "without it CPUs are emulated: switches start in half a minute instead of seconds",
  fix: "on real hardware: enable virtualization in the firmware, modprobe kvm_intel or kvm_amd; in a virtual machine: nested virtualization",
};

/** Reports whether a guest really runs under KVM: boots one as the emulator's user. */
export async function checkKvm(host: Host, settings: Settings, architecture: Architecture): Promise<Finding> {
  // The test runs as the emulator's user, and only root can switch to that user.
  if ((await checkRoot(host)).status === "missing") {
    return optionalMissing(requirement, "cannot be tested without root");
  }
  try {
    const { accelerator, reason } = await chooseAccelerator(host, {
      wanted: "auto",
      architecture,
      user: await findEmulatorUser(host, settings.emulatorUser),
      stateDir: settings.stateDir,
      qemuVersion: await findQemu(host, architecture),
    });
    return accelerator === "kvm"
      ? found(requirement, "a test guest runs")
      : optionalMissing(requirement, reason);
  } catch (error) {
    if (error instanceof PreflightError) {
      return optionalMissing(
        requirement,
        `cannot be tested: ${error.missing.map(({ what }) => what).join(", ")}`,
      );
    }
    throw error;
  }
}
