import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fieldsOf, isObject } from "../../../src/untrusted-json.ts";
import { memoryMachine, memorySwitch } from "./machine.ts";
import { SCHEMAS, VALUES } from "./schemas.ts";
import { type Received, type Served, serve } from "./served.ts";

/** Returns all values of a property, at any depth. */
function valuesOf(content: unknown, property: string): readonly unknown[] {
  if (!(content instanceof Object)) {
    return [];
  }
  const own = Object.entries(content).flatMap(([name, value]) => (name === property ? [value] : []));
  return [...own, ...Object.values(content).flatMap((value) => valuesOf(value, property))];
}

/** Returns the values that an object lists as allowable for its properties or parameters, each with the name of these. */
function allowableValues(
  content: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  return Object.entries(content).flatMap(([name, values]) => {
    const [property = "", annotation] = name.split("@");
    return annotation === "Redfish.AllowableValues" && Array.isArray(values)
      ? values.map((value) => [property, value] as const)
      : [];
  });
}

/** Reads all resources that links lead to from the root, by their paths. */
async function crawl(served: Served): Promise<ReadonlyMap<string, Received>> {
  const resources = new Map<string, Received>();
  const toRead = ["/redfish/v1/"];
  for (const path of toRead) {
    const answer = await served.send("GET", path);
    resources.set(path, answer);
    const links = valuesOf(JSON.parse(answer.text), "@odata.id").map(String);
    toRead.push(...new Set(links.filter((link) => !toRead.includes(link))));
  }
  return resources;
}

const SWITCH_PATHS = [
  "/redfish/v1/",
  "/redfish/v1/AccountService",
  "/redfish/v1/AccountService/Accounts",
  "/redfish/v1/AccountService/Accounts/admin",
  "/redfish/v1/AccountService/Roles",
  "/redfish/v1/AccountService/Roles/Administrator",
  "/redfish/v1/AccountService/Roles/Operator",
  "/redfish/v1/AccountService/Roles/ReadOnly",
  "/redfish/v1/Chassis",
  "/redfish/v1/Chassis/web1",
  "/redfish/v1/Managers",
  "/redfish/v1/Managers/BMC",
  "/redfish/v1/SessionService",
  "/redfish/v1/SessionService/Sessions",
  "/redfish/v1/Systems",
  "/redfish/v1/Systems/web1",
  "/redfish/v1/Systems/web1/EthernetInterfaces",
  "/redfish/v1/Systems/web1/EthernetInterfaces/eth0",
  "/redfish/v1/Systems/web1/EthernetInterfaces/eth1",
];
const MEDIA_PATHS = ["/redfish/v1/Managers/BMC/VirtualMedia", "/redfish/v1/Managers/BMC/VirtualMedia/Cd"];

describe.each([
  ["a server", memoryMachine(), [...SWITCH_PATHS, ...MEDIA_PATHS]],
  ["a switch", memorySwitch(), SWITCH_PATHS],
])("the resources of %s", (_, machine, paths) => {
  let served: Served;
  let resources: ReadonlyMap<string, Received>;
  let contents: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
  beforeAll(async () => {
    served = await serve(machine);
    const login = { UserName: "admin", Password: "open sesame" };
    await served.send("POST", "/redfish/v1/SessionService/Sessions", login);
    resources = await crawl(served);
    contents = [...resources].map(([path, { text }]) => [path, fieldsOf(JSON.parse(text))] as const);
  });
  afterAll(() => served.stop());

  it("are all reached from the root", () => {
    const found = [...resources.keys()].map((path) => path.replace(/[0-9a-f]{16}$/, "SESSION")).sort();
    expect(found).toEqual([...paths, "/redfish/v1/SessionService/Sessions/SESSION"].sort());
    expect([...resources.values()].filter(({ status }) => status !== 200)).toEqual([]);
  });

  it("have the headers of the protocol", () => {
    for (const [path, { headers }] of resources) {
      expect(headers, path).toMatchObject({
        "odata-version": "4.0",
        "cache-control": "no-store",
        "content-type": "application/json;charset=utf-8",
        allow: expect.stringMatching(/^GET, HEAD\b/),
        etag: expect.stringMatching(/^"[\w-]+"$/),
        link: expect.stringMatching(/^<http:\/\/redfish\.dmtf\.org\/schemas\/v1\/\w+(\.v\w+)?\.json>; rel=/),
      });
    }
  });

  it("have the properties of their schemas: the required ones, and no unknown ones", () => {
    for (const [path, content] of contents) {
      const { required, optional } = SCHEMAS[String(content["@odata.type"])] ?? expect.fail(path);
      const names = Object.keys(content);
      expect(
        required.filter((name) => !names.includes(name)),
        path,
      ).toEqual([]);
      expect(
        names.filter((name) => ![...required, ...optional].includes(name)),
        path,
      ).toEqual([]);
      expect(content["@odata.id"], path).toBe(path);
    }
  });

  it("have values of their types", () => {
    for (const [property, form] of Object.entries(VALUES)) {
      for (const [path, content] of contents) {
        for (const value of valuesOf(content, property)) {
          expect(value, `${property} of ${path}`).toMatch(form);
        }
      }
    }
  });

  it("have actions, which are for POST only", async () => {
    const targets = contents.flatMap(([, { Actions: actions }]) => valuesOf(actions, "target"));
    expect(targets).toHaveLength(paths === SWITCH_PATHS ? 1 : 3);
    for (const target of targets) {
      expect(await served.send("GET", String(target))).toMatchObject({
        status: 405,
        headers: { allow: "POST" },
      });
    }
  });

  it("have collections that count their members", () => {
    const collections = contents.filter(([, { Members: members }]) => Array.isArray(members));
    expect(collections.map(([path]) => path)).toEqual(expect.arrayContaining(["/redfish/v1/Systems"]));
    for (const [path, { Members: members, "Members@odata.count": count }] of collections) {
      const uris = valuesOf(members, "@odata.id");
      expect(new Set(uris).size, path).toBe(count);
      expect(uris.filter((uri) => !String(uri).startsWith(`${path}/`))).toEqual([]);
    }
  });

  it("accept every value that they list as allowable", async () => {
    const accepted = async (method: string, path: string, body: unknown) => {
      const { status, text } = await served.send(method, path, body);
      // 409: a reset that needs a running machine.
      expect([200, 204, 409], `${method} ${path} ${JSON.stringify(body)}: ${text}`).toContain(status);
    };
    for (const [path, { Boot: boot, Actions: actions }] of contents) {
      for (const action of Object.values(fieldsOf(actions ?? {}))) {
        const { target, ...parameters } = fieldsOf(action);
        for (const [name, value] of allowableValues(parameters)) {
          const needed = String(target).endsWith("InsertMedia") ? { Image: "/srv/a.iso" } : {};
          await accepted("POST", String(target), { ...needed, [name]: value });
        }
      }
      for (const [name, value] of allowableValues(fieldsOf(boot ?? {}))) {
        await accepted("PATCH", path, { Boot: { BootSourceOverrideTarget: "Pxe" } });
        await accepted("PATCH", path, { Boot: { [name]: value } });
      }
    }
  });

  it("have schemas that the metadata names", async () => {
    const { text, headers } = await served.send("GET", "/redfish/v1/$metadata");
    expect(headers["content-type"]).toBe("application/xml;charset=utf-8");
    for (const type of Object.keys(SCHEMAS)) {
      const namespace = type.slice(1, type.lastIndexOf("."));
      expect(text).toContain(`<edmx:Include Namespace="${namespace}"/>`);
    }
    const { value } = fieldsOf(JSON.parse((await served.send("GET", "/redfish/v1/odata")).text));
    const urls = Array.isArray(value) ? value.filter(isObject).map(({ url }) => url) : [];
    expect(urls).toHaveLength(7);
    expect(urls.filter((url) => !resources.has(String(url)))).toEqual([]);
  });

  it("tell what the plan has", () => {
    const byPath = Object.fromEntries(contents);
    expect(byPath["/redfish/v1/Systems/web1"]).toMatchObject({
      UUID: "6f1f8f4e-3b1c-5d0a-9a4e-0d3c2b1a0f9e",
      ProcessorSummary: { Count: 2, LogicalProcessorCount: 2 },
      MemorySummary: { TotalSystemMemoryGiB: 1.5 },
      PowerState: "Off",
    });
    expect(byPath["/redfish/v1/Systems/web1/EthernetInterfaces/eth1"]).toMatchObject({
      MACAddress: "52:54:00:12:34:57",
      MTUSize: 9000,
    });
  });
});
