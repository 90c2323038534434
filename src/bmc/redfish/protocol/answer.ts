import type { JsonObject } from "../../../untrusted-json.ts";
import { generalError, type Message, message } from "./messages.ts";

/** A request of a client. */
export interface RedfishRequest {
  readonly method: string;
  /** Path with query, as in the request's first line. */
  readonly url: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Empty without a body. */
  readonly body: string;
  /** The client's address. */
  readonly from: string;
}

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as XML. Absent: no content. */
  readonly body?: JsonObject | string;
}

/** Done; there is nothing to report. */
export const NO_CONTENT: Answer = { status: 204 };

/** Returns an error in Redfish's form (DSP0266, "Error responses"). */
export function refusal(
  status: number,
  messages: readonly [Message, ...Message[]],
  headers: Answer["headers"] = {},
): Answer {
  const [first] = messages;
  const { MessageId: code, Message: text } = messages.length === 1 ? first : SEVERAL;
  return { status, headers, body: { error: { code, message: text, "@Message.ExtendedInfo": messages } } };
}

const SEVERAL = generalError("Several errors have occurred. See @Message.ExtendedInfo.");

/** Returns the refusal of a request for which the service has no room now. */
export function busy(headers: Answer["headers"] = {}): Answer {
  const seconds = String(RETRY_SECONDS);
  const told = [message("ServiceTemporarilyUnavailable", [seconds])] as const;
  return refusal(503, told, { "Retry-After": seconds, ...headers });
}

const RETRY_SECONDS = 5;

/** Returns a list that is known to have an item; undefined if it is empty. */
export function nonEmpty<T>(items: readonly T[]): readonly [T, ...T[]] | undefined {
  const [first, ...others] = items;
  return first === undefined ? undefined : [first, ...others];
}

/** Returns a header's text; undefined if the request lacks it. */
export function headerOf(request: RedfishRequest, name: string): string | undefined {
  const value = request.headers[name];
  return value === undefined || typeof value === "string" ? value : value.join(", ");
}
