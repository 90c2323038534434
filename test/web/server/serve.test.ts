import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, serve, TOKEN } from "../served.ts";

let web: Served;

beforeAll(async () => {
  web = await serve();
});

afterAll(() => web.stop());

const kindOf = ({ text }: { readonly text: string }) =>
  (JSON.parse(text) as { readonly error: { readonly kind: string } }).error.kind;

describe("a request to the API", () => {
  it("is answered with the token", async () => {
    const { status, headers, text } = await web.send("GET", "/api/v1/plan");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(web.lab.fabric)));
  });

  it.each([
    ["without a token", { authorization: undefined }],
    ["with another token", { authorization: `Bearer ${TOKEN}x` }],
    ["with the beginning of the token", { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    [
      "with the token as a password",
      { authorization: `Basic ${Buffer.from(`:${TOKEN}`).toString("base64")}` },
    ],
    ["with an invented cookie", { authorization: undefined, cookie: "ikvswitch-1=x" }],
  ])("is refused %s", async (_how, headers) => {
    for (const [method, path] of [
      ["GET", "/api/v1/plan"],
      ["GET", "/api/v1/watch"],
      ["GET", "/api/v1/openapi.json"],
      ["GET", "/api/v1/nothing"],
      ["POST", "/api/v1/nodes/leaf1/power"],
      ["DELETE", "/api/v1/faults"],
    ] as const) {
      const refused = await web.send(method, path, undefined, headers);
      expect([path, refused.status, kindOf(refused)]).toEqual([path, 401, "token"]);
    }
  });

  it.each(["rebound.example", "rebound.example:PORT", "127.0.0.1", "127.0.0.1:1", "localhost.example:PORT"])(
    "is refused for the host %s, whoever sends it",
    async (name) => {
      const host = name.replace("PORT", String(web.port));
      for (const path of ["/", "/api/v1/plan"]) {
        expect((await web.send("GET", path, undefined, { host })).status).toBe(421);
      }
    },
  );

  it.each(["127.0.0.1", "localhost", "[::1]", "lab.example", "LAB.example"])(
    "is accepted for the host %s",
    async (name) => {
      const host = `${name}:${web.port}`;
      expect((await web.send("GET", "/api/v1/plan", undefined, { host })).status).toBe(200);
    },
  );

  it.each([
    ["another site", { origin: "https://evil.example" }],
    ["another port", { origin: "http://127.0.0.1:1" }],
    ["another scheme", { origin: "https://127.0.0.1:PORT" }],
    ["another name of the same host", { origin: "http://localhost:PORT" }],
    ["a sandboxed frame", { origin: "null" }],
    ["another site, as the browser tells without Origin", { "sec-fetch-site": "cross-site" }],
    ["another port, as the browser tells", { "sec-fetch-site": "same-site" }],
  ])("is refused if it comes from a page of %s", async (_where, given) => {
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace("PORT", String(web.port))]),
    );
    for (const [method, path, body] of [
      ["GET", "/api/v1/plan", undefined],
      ["DELETE", "/api/v1/faults", undefined],
      ["POST", "/api/v1/session", { token: TOKEN }],
    ] as const) {
      const refused = await web.send(method, path, body, headers);
      expect([path, refused.status, kindOf(refused)]).toEqual([path, 403, "origin"]);
    }
  });
});

describe("a page", () => {
  const login = async () => {
    const { status, headers } = await web.send(
      "POST",
      "/api/v1/session",
      { token: TOKEN },
      {
        authorization: undefined,
        origin: web.url,
      },
    );
    expect(status).toBe(204);
    const [cookie = ""] = headers["set-cookie"] ?? [];
    return cookie;
  };
  const asPage = async (more: Record<string, string | undefined> = {}) => ({
    authorization: undefined,
    cookie: (await login()).split(";")[0],
    ...more,
  });

  it("gets a cookie for the token that scripts can't read and other sites can't send", async () => {
    expect(await login()).toMatch(
      new RegExp(`^ikvswitch-${web.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(await login()).not.toContain(TOKEN);
    const wrong = await web.send("POST", "/api/v1/session", { token: `${TOKEN}x` });
    expect([wrong.status, wrong.headers["set-cookie"]]).toEqual([401, undefined]);
  });

  it("reads with the cookie, and changes something only with its Origin", async () => {
    expect((await web.send("GET", "/api/v1/plan", undefined, await asPage())).status).toBe(200);
    const path = "/api/v1/links/nothing/fault";
    const without = await web.send("DELETE", path, undefined, await asPage());
    expect([without.status, kindOf(without)]).toEqual([403, "origin"]);
    const withOrigin = await web.send("DELETE", path, undefined, await asPage({ origin: web.url }));
    expect([withOrigin.status, kindOf(withOrigin)]).toEqual([404, "not-found"]);
  });

  it("runs only scripts of this server, and is in no frame", async () => {
    const { status, headers, text } = await web.send("GET", "/", undefined, { authorization: undefined });
    expect([status, text]).toEqual([200, "<!doctype html><title>Page</title>"]);
    const policy = headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
    const again = await web.send("GET", "/", undefined, { "if-none-match": String(headers.etag) });
    expect([again.status, again.text]).toEqual([304, ""]);
  });

  it.each([
    "/../package.json",
    "/%2e%2e/package.json",
    "/index.html/..",
    "//etc/passwd",
    "/.",
    "/package.json",
  ])("has no file %s", async (path) => {
    expect((await web.send("GET", path)).status).toBe(404);
  });
});

describe("a body", () => {
  it("has to be JSON of the type of JSON", async () => {
    const path = "/api/v1/links/iksb12/fault";
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await web.send("POST", path, "fault=down", form)).status).toBe(415);
    expect((await web.send("POST", path, '{"fault":"down"}', { "content-type": "text/plain" })).status).toBe(
      415,
    );
    expect((await web.send("POST", path, "{")).status).toBe(400);
    expect((await web.send("POST", path, "[]")).status).toBe(400);
  });

  it("has the properties of its route only, of their types", async () => {
    const message = async (body: unknown) => {
      const { status, text } = await web.send("POST", "/api/v1/links/iksb12/fault", body);
      expect(status).toBe(400);
      return (JSON.parse(text) as { error: { message: string } }).error.message;
    };
    expect(await message({})).toBe('invalid property "fault": one of down, blackhole, impair');
    expect(await message({ fault: "up" })).toContain("one of down");
    expect(await message({ fault: "down", Loss: "1%" })).toContain('unknown property "Loss"');
    expect(await message({ fault: "impair", loss: 1 })).toContain('"loss": a text');
    expect(await message({ fault: "impair", loss: "1%; reboot" })).toContain("invalid value of --loss");
    expect(await message({ fault: "impair" })).toContain("give at least one of");
  });

  it("is refused if it is too large, also if its length is not told", async () => {
    const large = JSON.stringify({ fault: "x".repeat(70_000) });
    expect((await web.send("POST", "/api/v1/links/iksb12/fault", large)).status).toBe(413);
    const chunk = `${(0x8000).toString(16)}\r\n${" ".repeat(0x8000)}\r\n`;
    const head = [
      "POST /api/v1/faults HTTP/1.1",
      `Host: 127.0.0.1:${web.port}`,
      `Authorization: Bearer ${TOKEN}`,
      "Transfer-Encoding: chunked",
    ].join("\r\n");
    // No such method: the body is not even read.
    expect(await web.raw(`${head}\r\nConnection: close\r\n\r\n0\r\n\r\n`)).toContain("405");
    const post = head.replace("/faults", "/check");
    expect(await web.raw(`${post}\r\n\r\n${chunk.repeat(3)}`)).toContain("HTTP/1.1 413");
  });
});

describe("a path", () => {
  it("tells its methods", async () => {
    const { status, headers } = await web.send("GET", "/api/v1/check");
    expect([status, headers.allow]).toEqual([405, "POST"]);
  });

  it.each(["leaf9", "..", "%2e%2e", "leaf1%2f..", "leaf1;id", "$(id)", "-n", "x".repeat(65)])(
    "with the switch %s is none",
    async (name) => {
      expect((await web.send("GET", `/api/v1/nodes/${name}/log`)).status).toBe(404);
      expect((await web.send("POST", `/api/v1/nodes/${name}/power`, { action: "stop" })).status).toBe(404);
    },
  );

  it.each(["vm9", "..", "%2e%2e%2fvm1", "vm1;id"])("with the VM %s is none", async (name) => {
    const { status, text } = await web.send("POST", `/api/v1/vms/${name}/power`, { action: "start" });
    expect([status, kindOf({ text })]).toEqual([404, "not-found"]);
  });

  it("changes nothing by GET, HEAD or a method that its route has not", async () => {
    for (const method of ["GET", "HEAD", "PUT", "PATCH", "OPTIONS"]) {
      expect((await web.send(method, "/api/v1/nodes/leaf1/power")).status).toBe(405);
      expect((await web.send(method, "/api/v1/faults")).status).toBe(405);
    }
  });
});

describe("a fabric that does not run", () => {
  it("has stopped switches and missing links", async () => {
    const { text } = await web.send("GET", "/api/v1/status");
    const { switches } = JSON.parse(text) as { readonly switches: readonly { readonly state: string }[] };
    expect(switches).toHaveLength(9);
    expect(new Set(switches.map(({ state }) => state))).toEqual(new Set(["stopped"]));
  });

  it("is told in the form of the commands' errors", async () => {
    const { status, text } = await web.send("POST", "/api/v1/nodes/leaf1/power", { action: "freeze" });
    expect([status, JSON.parse(text)]).toEqual([
      400,
      { error: { kind: "usage", message: "cannot freeze leaf1: not running" } },
    ]);
  });
});

describe("the whole fabric", () => {
  it("is brought up and taken down, and failures are told with the command that helps", async () => {
    const path = "/api/v1/fabric/power";
    expect((await web.send("POST", path, { action: "restart" })).status).toBe(400);
    expect((await web.send("POST", path, { action: "up" })).status).toBe(204);
    expect(web.asked).toEqual(["up"]);
    const { status, text } = await web.send("POST", path, { action: "down" });
    expect([status, JSON.parse(text).error]).toEqual([
      409,
      { kind: "not-running", message: "nothing runs; 'ikvswitch up' starts it", fix: "ikvswitch up" },
    ]);
  });
});

describe("the stream of states", () => {
  it("begins with the whole state, and tells what changes", async () => {
    const stop = new AbortController();
    const response = await fetch(`${web.url}/api/v1/watch`, {
      headers: { authorization: `Bearer ${TOKEN}` },
      signal: stop.signal,
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const reader = response.body?.getReader();
    const first = new TextDecoder().decode((await reader?.read())?.value);
    expect(first).toMatch(/^event: state\ndata: \{.*\}\n\n$/s);
    const { state } = JSON.parse(first.slice(first.indexOf("{")));
    expect(state).toMatchObject({ name: "ikvswitch", running: false, asPlanned: false, problem: null });
    expect(Object.keys(state.links)).toHaveLength(93);
    stop.abort();
  });
});
