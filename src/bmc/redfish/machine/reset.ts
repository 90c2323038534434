import { pollUntil } from "../../../system/poll.ts";
import type { JsonObject } from "../../../untrusted-json.ts";
import type { Controlled, MachineFacts } from "../../model/control.ts";
import { type Message, message, quoted } from "../protocol/messages.ts";
import { pointerPart } from "../protocol/properties.ts";
import { RESET_TYPES } from "../resources/system.ts";

export type ResetType = (typeof RESET_TYPES)[number];

const RESET = "ComputerSystem.Reset";

/** Reads the parameters of the action Reset. */
export function resetRequest(body: JsonObject): { readonly type: ResetType } | { readonly problem: Message } {
  const unknown = Object.keys(body).find((name) => name !== "ResetType");
  if (unknown !== undefined) {
    return { problem: message("ActionParameterUnknown", [RESET, unknown], `/${pointerPart(unknown)}`) };
  }
  const { ResetType: given } = body;
  const type = RESET_TYPES.find((name) => name === given);
  if (type !== undefined) {
    return { type };
  }
  if (given === undefined) {
    return { problem: message("ActionParameterMissing", [RESET, "ResetType"], "/ResetType") };
  }
  const key = typeof given === "string" ? "ActionParameterValueNotInList" : "ActionParameterValueTypeError";
  return { problem: message(key, [quoted(given), "ResetType", RESET], "/ResetType") };
}

/** Carries out resets of one machine; returns why one can't be, or undefined. */
export type Reset = (type: ResetType) => Promise<Message | undefined>;

/** Resets that need a running machine. */
const NEED_POWER: readonly ResetType[] = ["GracefulShutdown", "GracefulRestart", "ForceRestart", "Nmi"];

/** @param ended aborted when the service ends; a restart that waits for the machine then ends, too. */
export function makeReset(
  control: Controlled,
  { name }: Pick<MachineFacts, "name">,
  ended: AbortSignal,
): Reset {
  let restarting = new AbortController();
  return async (type) => {
    // The latest request wins: a restart that still waits must not switch on what the next one switches off.
    restarting.abort(new Error("another reset was requested before the machine had powered off"));
    restarting = new AbortController();
    const power = await control.power();
    if (power === "off" && NEED_POWER.includes(type)) {
      return message("ChassisPowerStateOnRequired", [name]);
    }
    await carryOut(control, type, power, AbortSignal.any([restarting.signal, ended]));
    return undefined;
  };
}

async function carryOut(
  control: Controlled,
  type: ResetType,
  power: "on" | "off",
  interrupted: AbortSignal,
): Promise<void> {
  switch (type) {
    case "On":
      return power === "off" ? control.powerOn() : undefined;
    case "ForceOff":
      return power === "on" ? control.cutPower() : undefined;
    case "PushPowerButton":
      return power === "on" ? control.pressPowerButton() : control.powerOn();
    case "GracefulShutdown":
      return control.pressPowerButton();
    case "GracefulRestart":
      return restart(control, interrupted);
    case "ForceRestart":
      return control.reset();
    case "Nmi":
      return control.interrupt();
  }
}

/** A guest that has not powered off by then ignores the button. It stays on. */
const SHUTDOWN_TIMEOUT_MS = 5 * 60_000;

async function restart(control: Controlled, interrupted: AbortSignal): Promise<void> {
  await control.pressPowerButton();
  await pollUntil(
    { what: "the machine to power off", timeoutMs: SHUTDOWN_TIMEOUT_MS, intervalMs: 500, interrupted },
    async () =>
      (await control.power()) === "off"
        ? { done: true, value: undefined }
        : { done: false, seen: "it is on" },
  );
  interrupted.throwIfAborted();
  await control.powerOn();
}
