import { randomBytes } from "node:crypto";
import { digest } from "./credentials.ts";

export interface Session {
  readonly id: string;
  readonly userName: string;
}

/** The sessions of one BMC. */
export interface Sessions {
  /** Starts one; undefined if there are too many. Its token is not kept. */
  start(userName: string): { readonly session: Session; readonly token: string } | undefined;
  /** Returns the session of a token, which is in use now; undefined if it has ended or never was. */
  use(token: string): Session | undefined;
  all(): readonly Session[];
  /** False if there is no such session. */
  end(id: string): boolean;
}

/** A session ends if it is not used for this long. */
export const IDLE_SECONDS = 30 * 60;
/** Enough for clients that never log out, such as scripts that start every minute. */
export const MAX_SESSIONS = 64;

const TOKEN_BYTES = 32;
const ID_BYTES = 8;

/** @param nowMs a clock that never goes back. */
export function makeSessions(nowMs: () => number): Sessions {
  /** By the digest of the token, so that the time of a search says nothing about a token. */
  const sessions = new Map<string, Session & { lastUsedMs: number }>();
  const forgetIdle = () => {
    for (const [key, { lastUsedMs }] of sessions) {
      if (nowMs() - lastUsedMs >= IDLE_SECONDS * 1000) {
        sessions.delete(key);
      }
    }
  };
  return {
    start(userName) {
      forgetIdle();
      if (sessions.size >= MAX_SESSIONS) {
        return undefined;
      }
      const token = randomBytes(TOKEN_BYTES).toString("base64url");
      const session = { id: randomBytes(ID_BYTES).toString("hex"), userName };
      sessions.set(keyOf(token), { ...session, lastUsedMs: nowMs() });
      return { session, token };
    },
    use(token) {
      forgetIdle();
      const session = sessions.get(keyOf(token));
      if (session !== undefined) {
        session.lastUsedMs = nowMs();
      }
      return session;
    },
    all() {
      forgetIdle();
      return [...sessions.values()];
    },
    end(id) {
      const [key] = [...sessions].find(([, session]) => session.id === id) ?? [];
      return key !== undefined && sessions.delete(key);
    },
  };
}

function keyOf(token: string): string {
  return digest(token).toString("base64");
}
