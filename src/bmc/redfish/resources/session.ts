import type { JsonObject } from "../../../untrusted-json.ts";
import { link, SESSION_SERVICE, SESSIONS, sessionUri } from "./uris.ts";

/** The session service (schema SessionService 1.1). */
export function sessionService(timeoutSeconds: number): JsonObject {
  return {
    "@odata.id": SESSION_SERVICE,
    "@odata.type": "#SessionService.v1_1_0.SessionService",
    Id: "SessionService",
    Name: "Session service",
    ServiceEnabled: true,
    SessionTimeout: timeoutSeconds,
    Sessions: link(SESSIONS),
  };
}

/** A session (schema Session 1.2), without its password and token. */
export function sessionResource(id: string, userName: string): JsonObject {
  return {
    "@odata.id": sessionUri(id),
    "@odata.type": "#Session.v1_2_0.Session",
    Id: id,
    Name: "Session",
    UserName: userName,
    Password: null,
    SessionType: "Redfish",
  };
}
