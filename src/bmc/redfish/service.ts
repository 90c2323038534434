import { fieldsOf, isObject, type JsonObject, parseJson } from "../../untrusted-json.ts";
import type { Controlled, MachineFacts } from "../model/control.ts";
import type { Credentials } from "./access/credentials.ts";
import { type Gate, makeGate } from "./access/gate.ts";
import { type Answer, busy, headerOf, nonEmpty, type RedfishRequest, refusal } from "./protocol/answer.ts";
import { etagOf, namesTag } from "./protocol/etag.ts";
import { generalError, message } from "./protocol/messages.ts";
import { describedBy } from "./resources/metadata.ts";
import type { Route } from "./route.ts";
import { makeRoutes } from "./routes.ts";

/** Answers requests; it never fails. */
export type Service = (request: RedfishRequest) => Promise<Answer>;

interface ServiceOptions {
  /** A clock that never goes back. */
  readonly nowMs: () => number;
  /** Aborted when the service ends. */
  readonly ended: AbortSignal;
}

/** Makes the Redfish service of one machine's BMC (DSP0266), apart from its sockets. */
export function makeService(
  { facts, access }: { readonly facts: MachineFacts; readonly access: Credentials },
  control: Controlled,
  { nowMs, ended }: ServiceOptions,
): Service {
  const gate = makeGate(access, nowMs);
  const routes = makeRoutes({ facts, user: access.user }, control, gate, ended);
  const inTurn = makeQueue();
  const respond = async (request: RedfishRequest): Promise<Answer> => {
    const [path = "", query = ""] = request.url.split("?", 2);
    const route = routes(path.replace(/\/$/, ""));
    const denied = await denial(gate, route, request);
    if (denied !== undefined) {
      return denied;
    }
    if (route === undefined) {
      return refusal(404, [message("InvalidURI", [request.url])]);
    }
    return requestProblem(request, query) ?? act(route, request, inTurn);
  };
  return (request) => respond(request).catch(failure);
}

/** The machine's side gives its reasons in the messages of its errors. Only clients that have logged in see them. */
function failure(error: unknown): Answer {
  return refusal(500, [generalError(error instanceof Error ? error.message : String(error))]);
}

/** Lets changes run one after the other: each compares its If-Match with the state after the one before it. */
type Queue = <T>(work: () => Promise<T>) => Promise<T>;

function makeQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}

/** Returns the refusal of a client without a valid login; undefined if it may go on. */
async function denial(
  gate: Gate,
  route: Route | undefined,
  request: RedfishRequest,
): Promise<Answer | undefined> {
  if (route?.open?.includes(request.method)) {
    return undefined;
  }
  const verdict = await gate.identify(
    { token: headerOf(request, "x-auth-token"), authorization: headerOf(request, "authorization") },
    request.from,
  );
  switch (verdict) {
    case "user":
      return undefined;
    case "busy":
      return busy();
    case "stranger":
      return refusal(401, [message("NoValidSession", [])], { "WWW-Authenticate": 'Basic realm="Redfish"' });
  }
}

/** Returns why a request can't be answered, whatever it is for; undefined if it can. */
function requestProblem(request: RedfishRequest, query: string): Answer | undefined {
  const origin = headerOf(request, "origin");
  if (origin !== undefined && origin !== `https://${headerOf(request, "host")}`) {
    // A browser sends it for a page of another site, which must not use the password that the browser knows.
    return refusal(403, [message("HeaderInvalid", [`Origin: ${origin}`])]);
  }
  const version = headerOf(request, "odata-version");
  if (version !== undefined && version !== "4.0") {
    return refusal(412, [message("HeaderInvalid", [`OData-Version: ${version}`])]);
  }
  // DSP0266, "Query parameters": an unknown one is refused if it begins with $, and ignored otherwise.
  if (query.split("&").some((parameter) => /^(\$|%24)/.test(parameter))) {
    return refusal(501, [message("QueryNotSupported", [])]);
  }
  return undefined;
}

async function act(route: Route, request: RedfishRequest, inTurn: Queue): Promise<Answer> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return route.get === undefined ? notAllowed(route) : read(route, route.get, request);
    case "PATCH":
      return inTurn(() => update(route, request));
    case "POST":
      return post(route, request);
    case "DELETE":
      return route.delete === undefined ? notAllowed(route) : route.delete();
    default:
      return notAllowed(route);
  }
}

function notAllowed(route: Route): Answer {
  return refusal(405, [message("OperationNotAllowed", [])], { Allow: allowedMethods(route) });
}

function allowedMethods({ get, patch, post, delete: remove }: Route): string {
  return [
    ...(get ? ["GET", "HEAD"] : []),
    ...(patch ? ["PATCH"] : []),
    ...(post ? ["POST"] : []),
    ...(remove ? ["DELETE"] : []),
  ].join(", ");
}

async function read(route: Route, get: NonNullable<Route["get"]>, request: RedfishRequest): Promise<Answer> {
  const content = await get();
  const etag = etagOf(content);
  const headers = { Allow: allowedMethods(route), ETag: etag, ...describedBy(content) };
  const known = headerOf(request, "if-none-match");
  return known !== undefined && namesTag(known, etag)
    ? { status: 304, headers }
    : { status: 200, headers, body: content };
}

async function post(route: Route, request: RedfishRequest): Promise<Answer> {
  if (route.post === undefined) {
    return notAllowed(route);
  }
  const body = bodyOf(request);
  return body.kind === "refused" ? body.answer : route.post(body.value, request.from);
}

async function update(route: Route, request: RedfishRequest): Promise<Answer> {
  const { get, patch } = route;
  if (get === undefined || patch === undefined) {
    return notAllowed(route);
  }
  const document = fieldsOf(await get());
  const wanted = headerOf(request, "if-match");
  if (wanted !== undefined && !namesTag(wanted, etagOf(document))) {
    return refusal(412, [message("PreconditionFailed", [])]);
  }
  const body = bodyOf(request);
  if (body.kind === "refused") {
    return body.answer;
  }
  const { problems, notes } = await patch(body.value, document);
  const refused = nonEmpty(problems);
  if (refused !== undefined) {
    return refusal(400, refused);
  }
  const changed = await read(route, get, { ...request, headers: {} });
  return notes.length === 0 || !isObject(changed.body)
    ? changed
    : { ...changed, body: { ...changed.body, "@Message.ExtendedInfo": notes } };
}

/** Returns the object in a request's body, which is empty for an action without parameters. */
function bodyOf(
  request: RedfishRequest,
):
  | { readonly kind: "object"; readonly value: JsonObject }
  | { readonly kind: "refused"; readonly answer: Answer } {
  if (request.body === "") {
    return { kind: "object", value: {} };
  }
  const type = headerOf(request, "content-type") ?? "";
  if (!/^application\/json *(;|$)/i.test(type)) {
    return { kind: "refused", answer: refusal(415, [message("HeaderInvalid", [`Content-Type: ${type}`])]) };
  }
  const value = parseJson(request.body);
  return isObject(value)
    ? { kind: "object", value }
    : { kind: "refused", answer: refusal(400, [message("MalformedJSON", [])]) };
}
