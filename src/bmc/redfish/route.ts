import type { JsonObject } from "../../untrusted-json.ts";
import type { Answer } from "./protocol/answer.ts";
import type { Message } from "./protocol/messages.ts";

/** What a resource does for each method. A method that it lacks is answered with 405. */
export interface Route {
  /** Methods that are for everybody. */
  readonly open?: readonly string[];
  /** Returns the resource; a text is XML. */
  readonly get?: () => Promise<JsonObject | string>;
  /** @param document the resource as it is. */
  readonly patch?: (body: JsonObject, document: JsonObject) => Promise<Patched>;
  readonly post?: (body: JsonObject, from: string) => Promise<Answer>;
  readonly delete?: () => Promise<Answer>;
}

/** Either why nothing was changed, or messages about the properties that were not. */
export interface Patched {
  readonly problems: readonly Message[];
  readonly notes: readonly Message[];
}
