import type { JsonObject } from "../../../untrusted-json.ts";
import { nonEmpty } from "./answer.ts";
import { type Message, message } from "./messages.ts";

/** The properties that a PATCH changes, and messages about those that it can't change. */
export interface Properties {
  readonly values: JsonObject;
  readonly notes: readonly Message[];
}

/**
 * Separates the writable properties of a PATCH from others. DSP0266, "PATCH (update)": those that can't be changed are
 * reported, and don't prevent the change of the others.
 * @param document the resource as it is: its other properties are read-only.
 * @param path JSON pointer to the object in the request.
 */
export function writableProperties(
  body: JsonObject,
  document: JsonObject,
  writable: readonly string[],
  path = "",
): Properties {
  const names = Object.keys(body).filter((name) => !name.startsWith("@odata."));
  const isWritable = (name: string) => writable.includes(name) && Object.hasOwn(document, name);
  return {
    values: Object.fromEntries(names.filter(isWritable).map((name) => [name, body[name]])),
    notes: names
      .filter((name) => !isWritable(name))
      .map((name) => {
        const key = Object.hasOwn(document, name) ? "PropertyNotWritable" : "PropertyUnknown";
        return message(key, [name], `${path}/${pointerPart(name)}`);
      }),
  };
}

/** Returns a property's name as a part of a JSON pointer (RFC 6901, section 3). */
export function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Returns why a PATCH that changes nothing is refused. */
export function nothingToChange(
  body: JsonObject,
  notes: readonly Message[],
): readonly [Message, ...Message[]] {
  const empty = Object.keys(body).length === 0;
  return nonEmpty(notes) ?? [message(empty ? "EmptyJSON" : "NoOperation", [])];
}
