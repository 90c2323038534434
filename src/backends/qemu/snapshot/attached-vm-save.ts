import { CommandError } from "../../../errors.ts";
import { type Qmp, withQmp } from "../../../qemu/qmp.ts";
import type { Host } from "../../../system/host.ts";
import { pollUntil } from "../../../system/poll.ts";
import type { AttachedVm } from "../../model/snapshots.ts";
import { untilMigrated } from "../migration.ts";
import { attachedVmState } from "./attached-vm-state.ts";

const QMP_TIMEOUT_MS = 10_000;
/** A VM of many GiB takes long, and all others are paused meanwhile. */
const STATE_TIMEOUT_MS = 10 * 60_000;
const POLL_MS = 20;

/** Returns the reason why a VM of the user can't be saved now, in QEMU's own words if it has any; null if it can. */
export async function attachedVmProblem(
  host: Host,
  { name, qmp: socket }: AttachedVm,
): Promise<string | null> {
  try {
    return await withQmp(host, { socket, timeoutMs: QMP_TIMEOUT_MS }, async (qmp) => {
      const { status } = (await qmp.execute("query-status")) as { readonly status: string };
      if (status !== "running") {
        return `${name}: QEMU reports "${status}" instead of "running"`;
      }
      const blocked = (await qmp.execute("query-migrate")) as {
        readonly "blocked-reasons"?: readonly string[];
      };
      const reasons = blocked["blocked-reasons"] ?? [];
      return reasons.length === 0 ? null : `${name}: cannot be saved: ${reasons.join("; ")}`;
    });
  } catch (error) {
    if (error instanceof CommandError) {
      return `${name}: ${error.stderr}`;
    }
    throw error;
  }
}

/** Saves the whole state of a paused VM, including memory, in the snapshot's folder. */
export async function saveAttachedVm(
  host: Host,
  folder: string,
  { name, qmp: socket }: AttachedVm,
): Promise<void> {
  const state = `${folder}/${attachedVmState(name)}`;
  await host.makeDirectory(state.slice(0, state.lastIndexOf("/")), 0o700);
  // Beside the VM's own socket, where its QEMU can surely connect: the user as which it runs is unknown.
  const inlet = `${socket}.ikvswitch`;
  const receiving = host.run(
    { file: "perl", args: ["-MIO::Socket::UNIX", "-e", RECEIVE, inlet, state] },
    { timeoutMs: STATE_TIMEOUT_MS },
  );
  // Awaited below. Until then a failure must not count as an unhandled rejection.
  receiving.catch(() => {});
  try {
    await withQmp(host, { socket, timeoutMs: STATE_TIMEOUT_MS }, async (qmp) => {
      await pollUntil({ what: inlet, timeoutMs: QMP_TIMEOUT_MS, intervalMs: POLL_MS }, async () =>
        (await host.stat(inlet)) === undefined
          ? { done: false, seen: "not listening yet" }
          : { done: true, value: undefined },
      );
      await migrate(qmp, name, inlet);
    });
    await receiving;
  } finally {
    await host.remove(inlet);
  }
}

/**
 * Accepts one connection and writes the received data to a file. Anyone may connect, because QEMU runs as the user who
 * owns the VM.
 */
const RECEIVE = `
  umask 0;
  my ($path, $file) = @ARGV;
  my $inlet = IO::Socket::UNIX->new(Type => SOCK_STREAM, Local => $path, Listen => 1) or die "$path: $!\\n";
  umask 077;
  open(my $state, ">", $file) or die "$file: $!\\n";
  my $sender = $inlet->accept or die "$path: $!\\n";
  while (my $length = sysread($sender, my $data, 1 << 20)) {
    for (my $done = 0; $done < $length; ) {
      $done += syswrite($state, $data, $length - $done, $done) // die "$file: $!\\n";
    }
  }
  close $state or die "$file: $!\\n";
`;

async function migrate(qmp: Qmp, name: string, inlet: string): Promise<void> {
  // All VMs are paused meanwhile, so this removes the bandwidth limit. Afterwards it restores the owner's setting.
  const { "max-bandwidth": bandwidth } = (await qmp.execute("query-migrate-parameters")) as {
    readonly "max-bandwidth": number;
  };
  await qmp.execute("migrate-set-parameters", { "max-bandwidth": FAST });
  try {
    await qmp.execute("migrate", { uri: `unix:${inlet}` });
    await untilMigrated(qmp, {
      command: "migrate",
      what: `the state of ${name}`,
      timeoutMs: STATE_TIMEOUT_MS,
      prefix: `${name}: `,
    });
  } finally {
    await qmp.execute("migrate-set-parameters", { "max-bandwidth": bandwidth });
  }
}

/** In bytes per second; faster than any memory. */
const FAST = 1024 ** 4;

export async function pauseAttachedVm(host: Host, { qmp: socket }: AttachedVm): Promise<void> {
  await withQmp(host, { socket, timeoutMs: QMP_TIMEOUT_MS }, (qmp) => qmp.execute("stop"));
}

export async function resumeAttachedVm(host: Host, { qmp: socket }: AttachedVm): Promise<void> {
  await withQmp(host, { socket, timeoutMs: QMP_TIMEOUT_MS }, (qmp) => qmp.execute("cont"));
}
