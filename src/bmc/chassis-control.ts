import { setTimeout as pause } from "node:timers/promises";
import type { Machines } from "../nodes/machines.ts";

/** The simulator answers no other requests while it waits for us, and its clients wait a few seconds. */
const PATIENCE_MS = 2_000;

/** Operations of a BMC on its switch. */
export type Chassis = Pick<Machines, "power" | "start" | "cutPower" | "pressPowerButton" | "reset">;

/** The outcome of a request: 0 and the requested value, or 1 and the reason. */
export interface ChassisAnswer {
  readonly exitCode: 0 | 1;
  /** One line; empty if there is nothing to report. */
  readonly text: string;
}

/**
 * Carries out a chassis request of a node's simulator: `get power`, `set power 1`, `set reset 1`, `set shutdown 1`,
 * `get boot`, `set boot pxe`, `set identify 15 0`.
 */
export async function chassisControl(
  machines: Chassis,
  node: string,
  words: readonly string[],
): Promise<ChassisAnswer> {
  const [verb, item, value] = words;
  try {
    switch (`${verb} ${item}`) {
      case "get power":
        return answer(`power:${(await machines.power(node)).power === "on" ? 1 : 0}`);
      case "set power":
        await withPatience(value === "1" ? machines.start(node) : machines.cutPower(node));
        return answer("");
      case "set reset":
        await machines.reset(node);
        return answer("");
      case "set shutdown":
        await machines.pressPowerButton(node);
        return answer("");
      // A switch boots from its image only, so there is no boot device to select.
      case "get boot":
        return answer("boot:none");
      case "set boot":
        return value === "none" ? answer("") : failure(`unsupported boot device: ${value}`);
      // A switch has no identification light.
      case "set identify":
        return answer("");
      default:
        return failure(`unknown request: ${words.join(" ")}`);
    }
  } catch (error) {
    return failure(String(error));
  }
}

/**
 * Waits for a limited time: the switch powers on or off without our waiting, and its BMC's clients repeat their
 * request. An immediate failure is reported.
 */
async function withPatience(work: Promise<void>): Promise<void> {
  await Promise.race([work, pause(PATIENCE_MS)]);
}

function answer(text: string): ChassisAnswer {
  return { exitCode: 0, text };
}

function failure(reason: string): ChassisAnswer {
  return { exitCode: 1, text: reason };
}
