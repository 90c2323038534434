import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { IDLE_SECONDS, MAX_SESSIONS } from "../../../src/bmc/redfish/access/sessions.ts";
import { makeService } from "../../../src/bmc/redfish/service.ts";
import { access, facts, memoryMachine } from "./machine.ts";

const SESSIONS = "/redfish/v1/SessionService/Sessions";
const LOGIN = { UserName: access.user, Password: access.password };

function makeClient() {
  const clock = { nowMs: 0 };
  const service = makeService({ facts, access }, memoryMachine().control, {
    nowMs: () => clock.nowMs,
    ended: new AbortController().signal,
  });
  const send = (method: string, url: string, headers: Record<string, string>, body?: unknown) =>
    service({
      method,
      url,
      headers: { "content-type": "application/json", ...headers },
      body: body === undefined ? "" : JSON.stringify(body),
      from: "192.0.2.1",
    });
  const logIn = async () => {
    const { status, headers = {}, body } = await send("POST", SESSIONS, {}, LOGIN);
    return { status, body, token: headers["X-Auth-Token"] ?? "", location: headers.Location ?? "" };
  };
  const statusOf = async (token: string) =>
    (await send("GET", "/redfish/v1/Systems", { "x-auth-token": token })).status;
  return { clock, send, logIn, statusOf };
}

describe("a session", () => {
  it("starts with a login, and ends with its DELETE", async () => {
    const { send, logIn, statusOf } = makeClient();
    const { status, body, token, location } = await logIn();
    expect(status).toBe(201);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(body).toMatchObject({ "@odata.id": location, UserName: "admin", Password: null });
    expect(await statusOf(token)).toBe(200);

    const headers = { "x-auth-token": token };
    expect(await send("GET", SESSIONS, headers)).toMatchObject({
      body: { Members: [{ "@odata.id": location }], "Members@odata.count": 1 },
    });
    expect((await send("GET", location, headers)).status).toBe(200);
    expect((await send("DELETE", location, headers)).status).toBe(204);
    expect(await statusOf(token)).toBe(401);
    expect((await send("DELETE", location, headers)).status).toBe(401);
  });

  it("starts with a POST to the collection's members, too", async () => {
    const { send, statusOf } = makeClient();
    const { status, headers = {} } = await send("POST", `${SESSIONS}/Members`, {}, LOGIN);
    expect(status).toBe(201);
    const token = headers["X-Auth-Token"] ?? "";
    expect(await statusOf(token)).toBe(200);
    const read = await send("GET", `${SESSIONS}/Members`, { "x-auth-token": token });
    expect([read.status, read.headers?.Allow]).toEqual([405, "POST"]);
  });

  it("ends if it is not used", async () => {
    const { clock, logIn, statusOf } = makeClient();
    const { token } = await logIn();
    clock.nowMs += (IDLE_SECONDS - 1) * 1000;
    expect(await statusOf(token)).toBe(200);
    clock.nowMs += (IDLE_SECONDS - 1) * 1000;
    expect(await statusOf(token)).toBe(200);
    clock.nowMs += IDLE_SECONDS * 1000;
    expect(await statusOf(token)).toBe(401);
  });

  it("is one of a limited number", async () => {
    const { clock, logIn } = makeClient();
    for (let count = 0; count < MAX_SESSIONS; count++) {
      expect((await logIn()).status).toBe(201);
    }
    expect((await logIn()).status).toBe(503);
    clock.nowMs += IDLE_SECONDS * 1000;
    expect((await logIn()).status).toBe(201);
  });
});

describe("a login", () => {
  it.each([
    ["admin", "wrong"],
    ["other", access.password],
    ["admin", ""],
    ["", ""],
    [access.password, access.user],
  ])("as %j with password %j is refused", async (UserName, Password) => {
    const { send } = makeClient();
    const { status, headers } = await send("POST", SESSIONS, {}, { UserName, Password });
    expect(status).toBe(401);
    expect(headers).not.toHaveProperty("X-Auth-Token");
  });

  it("names what it lacks, and repeats no password", async () => {
    const { send } = makeClient();
    const missing = await send("POST", SESSIONS, {}, { UserName: "admin" });
    expect(missing).toMatchObject({ status: 400, body: { error: { code: "Base.1.16.PropertyMissing" } } });
    const wrong = await send("POST", SESSIONS, {}, { UserName: "admin", Password: 4711 });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: "Base.1.16.PropertyValueError" } } });
    expect(JSON.stringify(wrong)).not.toContain("4711");
  });

  it("is refused while too many wait after a wrong one", async () => {
    const { send, logIn } = makeClient();
    await send("POST", SESSIONS, {}, { UserName: "admin", Password: "wrong" });
    for (let count = 0; count < 10; count++) {
      logIn();
    }
    await setImmediate();
    const headers = { authorization: `Basic ${Buffer.from("admin:guess").toString("base64")}` };
    const { status, headers: told } = await send("GET", "/redfish/v1/Systems", headers);
    expect([status, told]).toEqual([503, { "Retry-After": "5" }]);
    expect((await logIn()).status).toBe(503);
  });

  it("by a token counts instead of user and password", async () => {
    const { send } = makeClient();
    const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString("base64")}`;
    expect((await send("GET", "/redfish/v1/Systems", { authorization })).status).toBe(200);
    const both = { authorization, "x-auth-token": "stolen" };
    expect((await send("GET", "/redfish/v1/Systems", both)).status).toBe(401);
  });
});
