import { PreflightError } from "../errors.ts";
import type { Architecture } from "../system/architecture.ts";
import { readBootId } from "../system/boot-id.ts";
import { confined, type EmulatorUser } from "../system/confine.ts";
import type { Host } from "../system/host.ts";
import { describeProbe, probe as runProbe } from "../system/probe.ts";
import { readVersioned, writeStateFile } from "../system/state-file.ts";
import type { Accelerator } from "./accelerator.ts";
import { acceleratorProbe } from "./probe.ts";
import { openStateFolder } from "./state-folder.ts";

/** Under KVM, the test guest ends within 0.2 s. */
const PROBE_TIMEOUT_MS = 2_000;

export interface AccelerationRequest {
  readonly wanted: "auto" | Accelerator;
  readonly architecture: Architecture;
  readonly user: EmulatorUser;
  readonly stateDir: string;
  /** QEMU's version, in its own words. */
  readonly qemuVersion: string;
}

export interface Acceleration {
  readonly accelerator: Accelerator;
  /** The reason why KVM is not used; empty if it is used, or was not requested. */
  readonly reason: string;
}

/**
 * Chooses KVM if a guest really runs under it, else TCG. Opening /dev/kvm is not a sufficient test: on some nested
 * hosts KVM accepts a VM, which then hangs at its first instruction. So this boots a test guest.
 * @throws PreflightError if ACCEL requires KVM and it does not work.
 */
export async function chooseAccelerator(host: Host, request: AccelerationRequest): Promise<Acceleration> {
  if (request.wanted === "tcg") {
    return { accelerator: "tcg", reason: "" };
  }
  const failure = await kvmFailure(host, request);
  if (failure === null) {
    return { accelerator: "kvm", reason: "" };
  }
  if (request.wanted === "kvm") {
    throw new PreflightError([
      {
        what: `KVM does not work: ${failure}`,
        why: "ACCEL=kvm requires it",
        fix: `give user ${request.user.name} access to /dev/kvm, or set ACCEL=auto to fall back to emulation`,
      },
    ]);
  }
  return { accelerator: "tcg", reason: `no KVM: ${failure}` };
}

/** Returns the reason why KVM can't be used; null if it can. */
async function kvmFailure(host: Host, request: AccelerationRequest): Promise<string | null> {
  if ((await host.stat("/dev/kvm")) === undefined) {
    return "no /dev/kvm";
  }
  const path = `${request.stateDir}/accelerator.json`;
  const key = await answerKey(host, request);
  // The file is only a cache: a damaged one is replaced.
  const remembered = await readVersioned<Answer>(host, path, { key: "string" });
  if (remembered?.key === key) {
    return remembered.failure;
  }
  const { failure, lasting } = await probeKvm(host, request);
  if (lasting) {
    const answer: Answer = { version: 1, key, failure };
    await writeStateFile(host, path, `${JSON.stringify(answer)}\n`);
  }
  return failure;
}

interface Answer {
  readonly version: 1;
  readonly key: string;
  readonly failure: string | null;
}

/**
 * Returns the cache key: everything that the result depends on. The boot ID stands for the hypervisor below this host,
 * which can differ after a reboot.
 */
async function answerKey(host: Host, request: AccelerationRequest): Promise<string> {
  const [release, bootId] = await Promise.all([
    host.readFile("/proc/sys/kernel/osrelease"),
    readBootId(host),
  ]);
  return [release?.trim(), bootId, request.qemuVersion, request.user.uid, request.user.kvmGid].join(" ");
}

/**
 * Boots the test guest. `lasting` is true if the guest ran or hung. A refusal or crash is not cached: it is quick to
 * reproduce, and its cause may get fixed.
 */
async function probeKvm(
  host: Host,
  { architecture, user, stateDir }: AccelerationRequest,
): Promise<{ readonly failure: string | null; readonly lasting: boolean }> {
  const probe = acceleratorProbe(architecture);
  const file = `${stateDir}/accelerator-probe.img`;
  await host.writeFile(file, probe.program, 0o644);
  await openStateFolder(host, stateDir, user);
  const guarded = confined(probe.command(file, "kvm"), user, { kvm: true });
  const result = await runProbe(host, guarded, PROBE_TIMEOUT_MS);
  await host.remove(file);
  if (result.end === "timeout") {
    return { failure: `a test guest did not finish within ${PROBE_TIMEOUT_MS / 1000} s`, lasting: true };
  }
  return result.end === "exit" && result.exitCode === probe.exitCode
    ? { failure: null, lasting: true }
    : { failure: describeProbe("QEMU", result), lasting: false };
}
