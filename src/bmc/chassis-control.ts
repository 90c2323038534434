import { powerOff, powerOn, powerState, reset, softOff } from "../switches/qemu/machine.ts";
import type { Host } from "../system/host.ts";

/** The simulator answers nobody while it waits for us, and its clients wait a few seconds. */
const PATIENCE_MS = 2_000;

export interface ChassisAnswer {
  readonly exitCode: number;
  readonly stdout: string;
}

/**
 * What the simulator asks of the chassis: `RUN_DIR NODE get power`, `… set power 1`, `… set reset 1`,
 * `… set shutdown 1`, `… get boot`, `… set boot pxe`, `… set identify "15 0"`. What is printed on success is the
 * answer, on failure the reason for the simulator's log.
 */
export async function chassisControl(host: Host, args: readonly string[]): Promise<ChassisAnswer> {
  const [runDir, node, verb, item, value] = args;
  if (runDir === undefined || node === undefined || !NODE_NAME.test(node)) {
    return failure("usage: bmc-chassis RUN_DIR NODE get|set ITEM [VALUE]");
  }
  try {
    switch (`${verb} ${item}`) {
      case "get power":
        return answer(`power:${(await powerState(host, runDir, node)).power === "on" ? 1 : 0}\n`);
      case "set power":
        await (value === "1" ? withPatience(powerOn(host, runDir, node)) : powerOff(host, runDir, node));
        return answer("");
      case "set reset":
        await reset(host, runDir, node);
        return answer("");
      case "set shutdown":
        await softOff(host, runDir, node);
        return answer("");
      // A switch boots its image and nothing else, so that is what is chosen, always.
      case "get boot":
        return answer("boot:none\n");
      case "set boot":
        return value === "none" ? answer("") : failure(`a switch does not boot from "${value}"`);
      // There is no lamp to light.
      case "set identify":
        return answer("");
      default:
        return failure(`unknown request: ${args.slice(2).join(" ")}`);
    }
  } catch (error) {
    return failure(String(error));
  }
}

const NODE_NAME = /^[a-z][a-z0-9-]*$/;

/** Wait, but not for ever: a machine that was started comes up without our watching. What fails at once is told. */
async function withPatience(work: Promise<void>): Promise<void> {
  const patience = new Promise<void>((resolve) => {
    setTimeout(resolve, PATIENCE_MS).unref();
  });
  await Promise.race([work, patience]);
}

function answer(stdout: string): ChassisAnswer {
  return { exitCode: 0, stdout };
}

function failure(reason: string): ChassisAnswer {
  return { exitCode: 1, stdout: `${reason}\n` };
}
