import { setTimeout as sleep } from "node:timers/promises";
import { areEqual, basicCredentials, type Credentials } from "./credentials.ts";
import { makeSessions, type Sessions } from "./sessions.ts";
import { makeThrottle } from "./throttle.ts";

/**
 * The BMC's user; somebody without its password; or not checked, because too many logins of that address wait after a
 * wrong one.
 */
export type Verdict = "user" | "stranger" | "busy";

/** Authenticates clients. */
export interface Gate {
  readonly sessions: Sessions;
  /** Compares user and password of a login from that address, after a wait if logins from there have failed. */
  login(given: Credentials, from: string): Promise<Verdict>;
  /** Authenticates a request by its headers X-Auth-Token or Authorization. */
  identify(headers: RequestHeaders, from: string): Promise<Verdict>;
}

interface RequestHeaders {
  readonly token: string | undefined;
  readonly authorization: string | undefined;
}

/** @param nowMs a clock that never goes back. */
export function makeGate(access: Credentials, nowMs: () => number): Gate {
  const sessions = makeSessions(nowMs);
  const throttle = makeThrottle(nowMs);
  const login = async (given: Credentials, from: string): Promise<Verdict> => {
    const waitMs = throttle.waitMs(from);
    if (waitMs === undefined) {
      return "busy";
    }
    if (waitMs > 0) {
      await sleep(waitMs, undefined, { ref: false });
    }
    const right = areEqual(given, access);
    throttle.ended(from, right);
    return right ? "user" : "stranger";
  };
  return {
    sessions,
    login,
    async identify({ token, authorization }, from) {
      // Tokens can't be guessed, so that wrong ones need no wait.
      if (token !== undefined) {
        return sessions.use(token) === undefined ? "stranger" : "user";
      }
      const given = authorization === undefined ? undefined : basicCredentials(authorization);
      return given === undefined ? "stranger" : login(given, from);
    },
  };
}
