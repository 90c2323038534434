import type { BootControl, Controlled, MediaControl } from "../bmc/model/control.ts";
import type { Agent } from "../bmc/proxy/agent.ts";
import { FileError } from "../errors.ts";
import { emulatorProcess, interrupt, pressPowerButton } from "../qemu/power.ts";
import type { Host } from "../system/host.ts";
import { type VmFolder, type VmPlace, vmFolder } from "./folder.ts";
import { readRecord, type VmRecord } from "./record.ts";

/**
 * Returns what a VM's BMC does to it. The emulator's user may read the VM's record and speak to its QEMU; all else is
 * done by root's agent, with the commands of `ikvswitch vm`.
 */
export function vmControl(
  host: Host,
  place: VmPlace,
  {
    name,
    choosesBoot,
    agent,
  }: { readonly name: string; readonly choosesBoot: boolean; readonly agent: Agent },
): Controlled {
  const folder = vmFolder(place, name);
  return {
    power: async () => ((await emulatorProcess(host, folder)) === undefined ? "off" : "on"),
    powerOn: () => agent("start", name),
    cutPower: () => agent("off", name),
    pressPowerButton: () => pressPowerButton(host, folder),
    reset: () => agent("reset", name),
    interrupt: () => interrupt(host, folder),
    boot: choosesBoot ? bootControl(host, folder, agent) : null,
    media: choosesBoot ? mediaControl(host, folder, agent) : null,
  };
}

function bootControl(host: Host, folder: VmFolder, agent: Agent): BootControl {
  const { name } = folder;
  return {
    override: async () => (await demandRecord(host, folder)).boot,
    setOverride: (override) =>
      override === null ? agent("boot", name, "none") : agent("boot", name, override.target, override.until),
    firmware: async () => (await demandRecord(host, folder)).profile.firmware,
    setFirmware: (firmware) => agent("firmware", name, firmware),
  };
}

function mediaControl(host: Host, folder: VmFolder, agent: Agent): MediaControl {
  const { name } = folder;
  return {
    inserted: async () => (await demandRecord(host, folder)).cd,
    insert: (image) => agent("insert", name, image),
    eject: () => agent("eject", name),
  };
}

async function demandRecord(host: Host, folder: VmFolder): Promise<VmRecord> {
  const file = await readRecord(host, folder);
  if (file.kind !== "whole") {
    throw new FileError(folder.record, file.kind === "none" ? "no such file" : file.reason);
  }
  return file.document;
}
