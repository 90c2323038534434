import { describe, expect, it } from "vitest";
import { areEqual, basicCredentials, digest } from "../../../../src/bmc/redfish/access/credentials.ts";

const encode = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("an Authorization header", () => {
  it("has user and password, which may contain colons and any letters", () => {
    expect(basicCredentials(encode("admin:secret"))).toEqual({ user: "admin", password: "secret" });
    expect(basicCredentials(encode("admin:a:b:"))).toEqual({ user: "admin", password: "a:b:" });
    expect(basicCredentials(encode("ädmin:pässwörd"))).toEqual({ user: "ädmin", password: "pässwörd" });
    expect(basicCredentials(encode(":"))).toEqual({ user: "", password: "" });
    expect(basicCredentials(`bAsIc   ${encode("a:b").slice(6)}`)).toEqual({ user: "a", password: "b" });
  });

  it.each([
    "",
    "Basic",
    "Basic ",
    "Basic !!!!",
    encode("no colon"),
    "Bearer YTpi",
    "Basic YTpi YTpi",
    "YTpi",
  ])("like %j has none", (header) => {
    expect(basicCredentials(header)).toBeUndefined();
  });
});

describe("credentials", () => {
  const expected = { user: "admin", password: "secret" };

  it("are equal if both parts are", () => {
    expect(areEqual({ ...expected }, expected)).toBe(true);
    expect(areEqual({ ...expected, user: "Admin" }, expected)).toBe(false);
    expect(areEqual({ ...expected, password: "secret " }, expected)).toBe(false);
    expect(areEqual({ user: "secret", password: "admin" }, expected)).toBe(false);
  });

  it("are compared by digests of one length", () => {
    expect(digest("").length).toBe(digest("a".repeat(10_000)).length);
    expect(digest("a")).toEqual(digest("a"));
  });
});
