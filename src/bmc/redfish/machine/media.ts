import type { JsonObject } from "../../../untrusted-json.ts";
import type { MediaControl } from "../../model/control.ts";
import { type Message, message, quoted } from "../protocol/messages.ts";
import { nothingToChange, pointerPart, writableProperties } from "../protocol/properties.ts";
import { TRANSFER_METHODS, TRANSFER_PROTOCOLS } from "../resources/manager.ts";

/** What a request does to the CD drive. */
export interface MediaChange {
  /** Undefined: the drive stays as it is. Null: eject. */
  readonly image?: string | null;
  /** Why nothing is to be changed; empty if it can be. */
  readonly problems: readonly Message[];
  /** Properties that are not changed, although others are. */
  readonly notes: readonly Message[];
}

/** Applies a change. */
export async function changeMedia(media: MediaControl, { image }: MediaChange): Promise<void> {
  if (image === null) {
    await media.eject();
  } else if (image !== undefined) {
    await media.insert(image);
  }
}

const INSERT = "VirtualMedia.InsertMedia";

/** Reads the parameters of the action InsertMedia. */
export function insertRequest(body: JsonObject): MediaChange {
  const { Image: image } = body;
  const problems = Object.entries(body).flatMap(([name, value]) => {
    const check = PARAMETERS.get(name);
    return check === undefined
      ? [message("ActionParameterUnknown", [INSERT, name], `/${pointerPart(name)}`)]
      : check(name, value);
  });
  if (image === undefined) {
    return {
      problems: [message("ActionParameterMissing", [INSERT, "Image"], "/Image"), ...problems],
      notes: [],
    };
  }
  return { image: String(image), problems, notes: [] };
}

/** Returns the problem of a parameter's value. Null is as good as absent, but for the image. */
type ParameterCheck = (name: string, value: unknown) => readonly Message[];

/** What each parameter accepts: only what the drive does anyway. */
const PARAMETERS: ReadonlyMap<string, ParameterCheck> = new Map<string, ParameterCheck>([
  ["Image", checkImage],
  ["Inserted", oneOf([true])],
  ["WriteProtected", oneOf([true])],
  ["TransferProtocolType", oneOf(TRANSFER_PROTOCOLS)],
  ["TransferMethod", oneOf(TRANSFER_METHODS)],
  // Servers that demand a password are not supported.
  ["UserName", notSupported],
  ["Password", notSupported],
]);

function checkImage(name: string, value: unknown): readonly Message[] {
  if (typeof value === "string" && isImage(value)) {
    return [];
  }
  const key = typeof value === "string" ? "ActionParameterValueFormatError" : "ActionParameterValueTypeError";
  return [message(key, [quoted(value), name, INSERT], `/${name}`)];
}

function oneOf(accepted: readonly unknown[]): ParameterCheck {
  return (name, value) =>
    value === null || accepted.includes(value)
      ? []
      : [message("ActionParameterValueNotInList", [quoted(value), name, INSERT], `/${name}`)];
}

function notSupported(name: string, value: unknown): readonly Message[] {
  return value === null || value === ""
    ? []
    : [message("ActionParameterNotSupported", [name, INSERT], `/${name}`)];
}

/**
 * Reads a PATCH of the drive, by which older clients insert and eject.
 * @param cd the resource as it is.
 */
export function mediaChange(body: JsonObject, cd: JsonObject): MediaChange {
  const { values, notes } = writableProperties(body, cd, ["Image", "Inserted", "WriteProtected"]);
  const { Image: image, Inserted: inserted } = values;
  const empty = Object.keys(values).length === 0;
  const problems = empty ? nothingToChange(body, notes) : patchProblems(values, cd);
  if (problems.length > 0) {
    return { problems, notes: [] };
  }
  if (image === null || inserted === false) {
    return { image: null, problems, notes };
  }
  return typeof image === "string" ? { image, problems, notes } : { problems, notes };
}

function patchProblems(values: JsonObject, cd: JsonObject): readonly Message[] {
  const { Image: image, Inserted: inserted } = values;
  const ofValues = Object.entries(values).flatMap(([name, value]) => {
    const key = patchProblem(name, value);
    return key === undefined ? [] : [message(key, [quoted(value), name], `/${name}`)];
  });
  const willHave = image === undefined ? cd.Image !== null : image !== null;
  const conflict = (inserted === true && !willHave) || (inserted === false && typeof image === "string");
  return [
    ...ofValues,
    ...(conflict ? [message("PropertyValueConflict", ["Inserted", "Image"], "/Inserted")] : []),
  ];
}

function patchProblem(name: string, value: unknown) {
  if (name === "Image") {
    if (value !== null && typeof value !== "string") {
      return "PropertyValueTypeError";
    }
    return value === null || isImage(value) ? undefined : "PropertyValueFormatError";
  }
  if (typeof value !== "boolean") {
    return "PropertyValueTypeError";
  }
  return name === "WriteProtected" && !value ? "PropertyValueNotInList" : undefined;
}

/**
 * Reports whether a text can be an image: an absolute path, or an http(s) URL without a password. What is there is for
 * the machine's side to find out.
 */
export function isImage(text: string): boolean {
  if (text.length > MAX_IMAGE_CHARACTERS || !/^[\x21-\x7e]+$/.test(text)) {
    return false;
  }
  if (text.startsWith("/")) {
    return !text.startsWith("//");
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    ["http:", "https:"].includes(url.protocol) &&
    url.username === "" &&
    url.password === ""
  );
}

/** libexec/bmc-agent has the same limit. */
const MAX_IMAGE_CHARACTERS = 1_000;
