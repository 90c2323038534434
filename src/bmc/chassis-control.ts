import { setTimeout as pause } from "node:timers/promises";
import type { Machines } from "../nodes/machines.ts";

/** The simulator answers nobody while it waits for us, and its clients wait a few seconds. */
const PATIENCE_MS = 2_000;

/** What a BMC does to its switch. */
export type Chassis = Pick<Machines, "power" | "start" | "cutPower" | "pressPowerButton" | "reset">;

/** The outcome of a request: 0 and what was asked for, or 1 and the reason. */
export interface ChassisAnswer {
  readonly exitCode: 0 | 1;
  /** One line; empty where there is nothing to tell. */
  readonly text: string;
}

/**
 * Do what a node's simulator asks of the chassis: `get power`, `set power 1`, `set reset 1`, `set shutdown 1`,
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
      // A switch boots its image and nothing else, so that is what is chosen, always.
      case "get boot":
        return answer("boot:none");
      case "set boot":
        return value === "none" ? answer("") : failure(`unsupported boot device: ${value}`);
      // There is no lamp to light.
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
 * Wait, but not for ever: the machine's power comes or goes without our watching, and its BMC's clients send their
 * request again. What fails at once is told.
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
