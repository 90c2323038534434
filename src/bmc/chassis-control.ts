import type { BootOverride, BootTarget, Controlled } from "./model/control.ts";
import { withPatience } from "./model/patience.ts";

/** The simulator answers no other requests while it waits for us, and ipmitool repeats a request after a second. */
const PATIENCE_MS = 700;

/** The outcome of a request: 0 and the requested value, or 1 and the reason. */
export interface ChassisAnswer {
  readonly exitCode: 0 | 1;
  /** One line; empty if there is nothing to report. */
  readonly text: string;
}

/** Boot devices by the names that the simulator passes on; `none` is the machine's own order. */
const BOOT_DEVICES: Readonly<Record<string, BootTarget>> = { pxe: "network", default: "disk", cdrom: "cd" };

/**
 * Carries out a chassis request of a machine's simulator: `get power`, `set power 1`, `set reset 1`, `set shutdown 1`,
 * `get boot`, `set boot pxe`, `set identify 15 0`.
 * @param until how long the client wants a boot device to be used. The simulator does not pass that on.
 */
export async function chassisControl(
  machine: Controlled,
  words: readonly string[],
  until: BootOverride["until"],
): Promise<ChassisAnswer> {
  const [verb, item, value = ""] = words;
  try {
    switch (`${verb} ${item}`) {
      case "get power":
        return answer(`power:${(await machine.power()) === "on" ? 1 : 0}`);
      case "set power":
        await withPatience(value === "1" ? machine.powerOn() : machine.cutPower(), PATIENCE_MS);
        return answer("");
      case "set reset":
        await withPatience(machine.reset(), PATIENCE_MS);
        return answer("");
      case "set shutdown":
        await machine.pressPowerButton();
        return answer("");
      case "get boot":
        return answer(`boot:${deviceOf((await machine.boot?.override()) ?? null)}`);
      case "set boot":
        await setBoot(machine, value, until);
        return answer("");
      // Our machines have no identification light.
      case "set identify":
        return answer("");
      default:
        return failure(`unknown request: ${words.join(" ")}`);
    }
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
}

async function setBoot({ boot }: Controlled, device: string, until: BootOverride["until"]): Promise<void> {
  const target = BOOT_DEVICES[device];
  if (device !== "none" && (boot === null || target === undefined)) {
    throw new Error(`unsupported boot device: ${device}`);
  }
  await boot?.setOverride(target === undefined ? null : { target, until });
}

function deviceOf(override: BootOverride | null): string {
  const [device = "none"] =
    Object.entries(BOOT_DEVICES).find(([, target]) => target === override?.target) ?? [];
  return device;
}

function answer(text: string): ChassisAnswer {
  return { exitCode: 0, text };
}

function failure(reason: string): ChassisAnswer {
  return { exitCode: 1, text: reason };
}
