import type { JsonObject } from "../../untrusted-json.ts";
import type { Gate } from "./access/gate.ts";
import type { Sessions } from "./access/sessions.ts";
import { type Answer, busy, NO_CONTENT, nonEmpty, refusal } from "./protocol/answer.ts";
import { message } from "./protocol/messages.ts";
import { collection } from "./resources/collection.ts";
import { sessionResource } from "./resources/session.ts";
import { SESSIONS, sessionUri } from "./resources/uris.ts";
import type { Route } from "./route.ts";

/**
 * The collection of sessions, and its property Members, to which a POST does the same (DSP0266, "POST (create)"). Everybody
 * may try to log in.
 */
export function sessionRoutes(gate: Gate): readonly (readonly [string, Route])[] {
  const members: Route = { open: ["POST"], post: (body, from) => logIn(gate, body, from) };
  const get = async () => {
    const uris = gate.sessions.all().map(({ id }) => sessionUri(id));
    return collection("Session", SESSIONS, "Sessions", uris);
  };
  return [
    [SESSIONS, { ...members, get }],
    [`${SESSIONS}/Members`, members],
  ];
}

/** A session; undefined if the path is none of one. */
export function sessionRoute(sessions: Sessions, path: string): Route | undefined {
  const session = sessions.all().find(({ id }) => path === sessionUri(id));
  return (
    session && {
      get: async () => sessionResource(session.id, session.userName),
      delete: async () => {
        sessions.end(session.id);
        return NO_CONTENT;
      },
    }
  );
}

async function logIn(gate: Gate, body: JsonObject, from: string): Promise<Answer> {
  const { UserName: user, Password: password } = body;
  if (typeof user !== "string" || typeof password !== "string") {
    return refusal(400, nonEmpty(loginProblems(body)) ?? [message("EmptyJSON", [])]);
  }
  const verdict = await gate.login({ user, password }, from);
  if (verdict === "busy") {
    return busy();
  }
  if (verdict === "stranger") {
    return refusal(401, [message("ResourceAtUriUnauthorized", [SESSIONS, "wrong user or password"])]);
  }
  const started = gate.sessions.start(user);
  if (started === undefined) {
    return refusal(503, [message("SessionLimitExceeded", [])]);
  }
  const { session, token } = started;
  return {
    status: 201,
    headers: { "X-Auth-Token": token, Location: sessionUri(session.id) },
    body: sessionResource(session.id, session.userName),
  };
}

/** A password must not be repeated in an answer, not even one of a wrong type. */
function loginProblems(body: JsonObject) {
  return ["UserName", "Password"]
    .filter((name) => typeof body[name] !== "string")
    .map((name) =>
      message(body[name] === undefined ? "PropertyMissing" : "PropertyValueError", [name], `/${name}`),
    );
}
