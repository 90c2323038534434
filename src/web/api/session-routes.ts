import { Refusal } from "../model/error.ts";
import { type Route, route } from "./route.ts";

/** Routes by which a page, whose WebSockets can't have the header Authorization, gets a cookie for the token. */
export const sessionRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/session",
    summary: "Exchange the token for a cookie",
    isOpen: true,
    fields: { token: { type: "string", maxLength: 500, required: true, description: "The token" } },
    answer: { type: null, description: "The cookie is set" },
    run: async ({ services: { gate }, body: { token } }) => {
      if (!gate.isToken(token)) {
        throw new Refusal(401, "token", "the token is wrong");
      }
      return { kind: "empty", headers: { "Set-Cookie": gate.sessionCookie() } };
    },
  }),
  route({
    method: "DELETE",
    path: "/session",
    summary: "Delete the cookie",
    answer: { type: null, description: "The cookie is deleted" },
    run: async ({ services: { gate } }) => ({
      kind: "empty",
      headers: { "Set-Cookie": gate.endedCookie() },
    }),
  }),
];
