import { describe, expect, it } from "vitest";
import { makeService } from "../../../src/bmc/redfish/service.ts";
import { access, facts, type MemoryMachine, memoryMachine, memorySwitch } from "./machine.ts";

const BASIC = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString("base64")}`;
const SYSTEM = "/redfish/v1/Systems/web1";
const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;
const CD = "/redfish/v1/Managers/BMC/VirtualMedia/Cd";
const JSON_TYPE = { "content-type": "application/json" };

function serviceOf(machine: MemoryMachine, clock = { nowMs: 0 }) {
  const service = makeService({ facts, access }, machine.control, {
    nowMs: () => clock.nowMs,
    ended: new AbortController().signal,
  });
  const send = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
    service({
      method,
      url,
      headers: { authorization: BASIC, ...(body === undefined ? {} : JSON_TYPE), ...headers },
      body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body),
      from: "192.0.2.1",
    });
  return { service, send, clock };
}

/** Returns status and message IDs of an answer. */
function summary({ status, body }: { status: number; body?: unknown }) {
  const { error } = (body ?? {}) as { error?: Record<string, { MessageId: string }[]> };
  return [status, ...(error?.["@Message.ExtendedInfo"] ?? []).map(({ MessageId }) => MessageId)];
}

describe("the service, without a login,", () => {
  const { service } = serviceOf(memoryMachine());
  const anonymous = (method: string, url: string) =>
    service({ method, url, headers: {}, body: "", from: "192.0.2.1" });

  it.each([
    "/redfish",
    "/redfish/",
    "/redfish/v1",
    "/redfish/v1/",
    "/redfish/v1/odata",
    "/redfish/v1/$metadata",
  ])("has %s", async (url) => {
    expect((await anonymous("GET", url)).status).toBe(200);
  });

  it.each([SYSTEM, RESET, "/redfish/v1/SessionService", "/redfish/v1/nothing", "/"])(
    "asks for one at %s",
    async (url) => {
      const answer = await anonymous("GET", url);
      expect(summary(answer)).toEqual([401, "Base.1.16.NoValidSession"]);
      expect(answer.headers).toMatchObject({ "WWW-Authenticate": 'Basic realm="Redfish"' });
    },
  );
});

describe("a request is refused", () => {
  const { send } = serviceOf(memoryMachine());

  it("at an unknown URI", async () => {
    expect(summary(await send("GET", "/redfish/v1/nothing"))).toEqual([404, "Base.1.16.InvalidURI"]);
    expect(summary(await send("GET", "/redfish/v1/Systems/other"))).toEqual([404, "Base.1.16.InvalidURI"]);
    expect(summary(await send("GET", "/redfish/v1/Systems/../Systems/web1"))).toEqual([
      404,
      "Base.1.16.InvalidURI",
    ]);
  });

  it.each([
    ["POST", SYSTEM, "GET, HEAD, PATCH"],
    ["GET", RESET, "POST"],
    ["PATCH", "/redfish/v1/Systems", "GET, HEAD"],
    ["DELETE", CD, "GET, HEAD, PATCH"],
    ["PUT", "/redfish/v1/SessionService/Sessions", "GET, HEAD, POST"],
    ["OPTIONS", "/redfish/v1/", "GET, HEAD"],
  ])("for the method %s of %s", async (method, url, allowed) => {
    const answer = await send(method, url);
    expect(summary(answer)).toEqual([405, "Base.1.16.OperationNotAllowed"]);
    expect(answer.headers).toMatchObject({ Allow: allowed });
  });

  it.each(["{", "[]", "null", '"On"', "{} {}"])("with the body %s", async (body) => {
    expect(summary(await send("POST", RESET, body))).toEqual([400, "Base.1.16.MalformedJSON"]);
  });

  it("with a body of another type", async () => {
    const answer = await send("POST", RESET, "ResetType=On", { "content-type": "text/plain" });
    expect(summary(answer)).toEqual([415, "Base.1.16.HeaderInvalid"]);
  });

  it("with a query that it does not know", async () => {
    expect((await send("GET", `${SYSTEM}?$select=Name`)).status).toBe(501);
    expect((await send("GET", `${SYSTEM}?refresh=1`)).status).toBe(200);
  });

  it("if a page of another site made a browser send it", async () => {
    const host = "192.0.2.9";
    const from = async (origin: string, method: string, url: string) =>
      summary(await send(method, url, undefined, { host, origin }));
    const eject = `${CD}/Actions/VirtualMedia.EjectMedia`;
    expect(await from("https://evil.example", "POST", eject)).toEqual([403, "Base.1.16.HeaderInvalid"]);
    expect(await from("null", "GET", SYSTEM)).toEqual([403, "Base.1.16.HeaderInvalid"]);
    expect(await from(`http://${host}`, "GET", SYSTEM)).toEqual([403, "Base.1.16.HeaderInvalid"]);
    expect(await from(`https://${host}`, "POST", eject)).toEqual([204]);
  });

  it("for another version of OData", async () => {
    expect((await send("GET", SYSTEM, undefined, { "odata-version": "5.0" })).status).toBe(412);
    expect((await send("GET", SYSTEM, undefined, { "odata-version": "4.0" })).status).toBe(200);
  });

  it("with the reason of a machine that can't do it", async () => {
    const machine = memoryMachine();
    machine.failure = new Error("no image: run 'ikvswitch up'");
    const answer = await serviceOf(machine).send("POST", RESET, { ResetType: "On" });
    expect(answer).toMatchObject({
      status: 500,
      body: { error: { code: "Base.1.16.GeneralError", message: "no image: run 'ikvswitch up'" } },
    });
  });
});

describe("an entity tag", () => {
  it("saves reading what has not changed, and keeps from changing what has", async () => {
    const machine = memoryMachine();
    const { send } = serviceOf(machine);
    const first = await send("GET", SYSTEM);
    const etag = first.headers?.ETag ?? "";
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(await send("GET", SYSTEM, undefined, { "if-none-match": etag })).toMatchObject({ status: 304 });

    const pxe = { Boot: { BootSourceOverrideTarget: "Pxe" } };
    const changed = await send("PATCH", SYSTEM, pxe, { "if-match": etag });
    expect(changed.status).toBe(200);
    expect(changed.headers?.ETag).not.toBe(etag);
    const late = await send(
      "PATCH",
      SYSTEM,
      { Boot: { BootSourceOverrideTarget: "Hdd" } },
      { "if-match": etag },
    );
    expect(summary(late)).toEqual([412, "Base.1.16.PreconditionFailed"]);
    expect(machine.state.override).toEqual({ target: "network", until: "once" });
    expect((await send("PATCH", SYSTEM, pxe, { "if-match": "*" })).status).toBe(200);
  });

  it("of two changes at once lets one pass", async () => {
    const { send } = serviceOf(memoryMachine());
    const etag = (await send("GET", SYSTEM)).headers?.ETag ?? "";
    const answers = await Promise.all(
      ["Pxe", "Hdd"].map((target) =>
        send("PATCH", SYSTEM, { Boot: { BootSourceOverrideTarget: target } }, { "if-match": etag }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 412]);
  });
});

describe("a PATCH", () => {
  it("changes what it can, and names what it can't", async () => {
    const machine = memoryMachine();
    const { send } = serviceOf(machine);
    const answer = await send("PATCH", SYSTEM, {
      Name: "other",
      Boot: { BootSourceOverrideTarget: "Cd", Colour: "red" },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        Name: "web1",
        Boot: { BootSourceOverrideTarget: "Cd", BootSourceOverrideEnabled: "Once" },
        "@Message.ExtendedInfo": [
          { MessageId: "Base.1.16.PropertyNotWritable", RelatedProperties: ["/Name"] },
          { MessageId: "Base.1.16.PropertyUnknown", RelatedProperties: ["/Boot/Colour"] },
        ],
      },
    });
  });

  it("of a switch's system is not allowed, because nothing of it can be changed", async () => {
    const { send } = serviceOf(memorySwitch());
    const answer = await send("PATCH", SYSTEM, { Boot: { BootSourceOverrideTarget: "Pxe" } });
    expect(summary(answer)).toEqual([405, "Base.1.16.OperationNotAllowed"]);
    expect((await send("GET", CD)).status).toBe(404);
    expect((await send("GET", SYSTEM)).body).toMatchObject({ Boot: {} });
    expect((await send("GET", SYSTEM)).body).not.toHaveProperty("VirtualMedia");
  });

  it("of the drive inserts and ejects, as older clients do", async () => {
    const machine = memoryMachine();
    const { send } = serviceOf(machine);
    const image = "http://192.0.2.9/a.iso";
    const inserted = await send("PATCH", CD, { Image: image, Inserted: true, WriteProtected: true });
    expect(inserted).toMatchObject({ status: 200, body: { Image: image, ConnectedVia: "URI" } });
    const ejected = await send("PATCH", CD, { Image: null, Inserted: false });
    expect(ejected).toMatchObject({ status: 200, body: { Image: null, Inserted: false } });
    expect(machine.log).toEqual(["insert", "eject"]);
  });
});

describe("the actions of the drive", () => {
  it("insert and eject an image", async () => {
    const machine = memoryMachine();
    const { send } = serviceOf(machine);
    const insert = `${CD}/Actions/VirtualMedia.InsertMedia`;
    expect((await send("POST", insert, { Image: "/srv/a.iso" })).status).toBe(204);
    expect(machine.state.image).toBe("/srv/a.iso");
    // A client that sends no body sends no type either.
    expect((await send("POST", `${CD}/Actions/VirtualMedia.EjectMedia`)).status).toBe(204);
    expect(machine.state.image).toBeNull();
    expect(summary(await send("POST", `${CD}/Actions/VirtualMedia.EjectMedia`, { Now: true }))).toEqual([
      400,
      "Base.1.16.ActionParameterUnknown",
    ]);
    expect(summary(await send("POST", insert, {}))).toEqual([400, "Base.1.16.ActionParameterMissing"]);
  });
});
