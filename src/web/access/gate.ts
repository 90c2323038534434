import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "../model/error.ts";

/** Who may send requests, and what they must have. */
export interface Access {
  /** The secret of those who may use the API. */
  readonly token: string;
  readonly scheme: "http" | "https";
  /** Values of the header Host that mean this server, in lower case: `127.0.0.1:8096`. */
  readonly hosts: ReadonlySet<string>;
  /** Cookies do not distinguish ports, so that several servers of one host need names of their own. */
  readonly cookie: string;
}

/** Checks the headers of requests. */
export interface Gate {
  /** @throws Refusal if the request is not meant for this server, as after DNS rebinding. */
  checkHost(headers: IncomingHttpHeaders): void;
  /**
   * Checks that the request has the token, or the cookie that a page got for it.
   * @param isChange true for what a foreign page must not cause: with a cookie, Origin must be this server's.
   * @throws Refusal
   */
  checkUser(headers: IncomingHttpHeaders, isChange: boolean): void;
  /** Checks that a page sends it that came from this server, or no page. @throws Refusal */
  checkOrigin(headers: IncomingHttpHeaders): void;
  /** Reports whether this is the token. */
  isToken(text: string): boolean;
  /** Returns the header Set-Cookie for a page whose user knows the token. */
  sessionCookie(): string;
  endedCookie(): string;
}

/** The gate of one server process: cookies of an earlier one are not valid. */
export function makeGate({ token, scheme, hosts, cookie }: Access): Gate {
  const session = createHmac("sha256", randomBytes(32)).update(token).digest("base64url");
  const attributes = `Path=/; HttpOnly; SameSite=Strict${scheme === "https" ? "; Secure" : ""}`;
  const checkOrigin = ({ origin, host = "", ...others }: IncomingHttpHeaders) => {
    if (origin !== undefined && origin.toLowerCase() !== `${scheme}://${host.toLowerCase()}`) {
      throw new Refusal(403, "origin", "the request comes from a page of another server");
    }
    const site = others["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      throw new Refusal(403, "origin", "the request comes from a page of another server");
    }
  };
  return {
    checkHost: ({ host }) => {
      if (host === undefined || !hosts.has(host.toLowerCase())) {
        throw new Refusal(421, "host", "the request is not for this server; --host NAME adds a name");
      }
    },
    checkOrigin,
    checkUser: (headers, isChange) => {
      checkOrigin(headers);
      const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
      if (bearer !== undefined && areEqual(bearer, token)) {
        return;
      }
      const given = cookieIn(headers.cookie ?? "", cookie);
      if (bearer !== undefined || given === undefined || !areEqual(given, session)) {
        const headers = { "WWW-Authenticate": 'Bearer realm="ikvswitch"' };
        throw new Refusal(401, "token", "the token is missing or wrong", headers);
      }
      if (isChange && headers.origin === undefined) {
        throw new Refusal(403, "origin", "a request with a cookie needs the header Origin");
      }
    },
    isToken: (text) => areEqual(text, token),
    sessionCookie: () => `${cookie}=${session}; ${attributes}`,
    endedCookie: () => `${cookie}=; ${attributes}; Max-Age=0`,
  };
}

/** Takes the same time wherever the texts differ, and does not tell their lengths. */
function areEqual(one: string, other: string): boolean {
  const key = randomBytes(32);
  const digest = (text: string) => createHmac("sha256", key).update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function cookieIn(header: string, name: string): string | undefined {
  return header
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
