import type { JsonObject } from "../../../untrusted-json.ts";
import { ACCOUNT_SERVICE, CHASSIS, MANAGERS, ROOT, SESSION_SERVICE, SESSIONS, SYSTEMS } from "./uris.ts";

export const METADATA_URI = `${ROOT}$metadata`;
export const ODATA_URI = `${ROOT}odata`;

/** OData's service document: the names of the resources at the top. */
export const ODATA: JsonObject = {
  "@odata.context": METADATA_URI,
  value: Object.entries({
    Service: ROOT,
    Systems: SYSTEMS,
    Chassis: CHASSIS,
    Managers: MANAGERS,
    SessionService: SESSION_SERVICE,
    Sessions: SESSIONS,
    AccountService: ACCOUNT_SERVICE,
  }).map(([name, url]) => ({ name, kind: "Singleton", url })),
};

/** The schemas of all resources of the service. Collections have no versions. */
const SCHEMAS: Readonly<Record<string, readonly string[]>> = {
  // The container of DMTF's schemas is of the first version.
  ServiceRoot: ["ServiceRoot.v1_0_0", "ServiceRoot.v1_9_0"],
  SessionService: ["SessionService.v1_1_0"],
  SessionCollection: [],
  Session: ["Session.v1_2_0"],
  AccountService: ["AccountService.v1_8_0"],
  ManagerAccountCollection: [],
  ManagerAccount: ["ManagerAccount.v1_8_0"],
  RoleCollection: [],
  Role: ["Role.v1_3_0"],
  ComputerSystemCollection: [],
  ComputerSystem: ["ComputerSystem.v1_13_0"],
  EthernetInterfaceCollection: [],
  EthernetInterface: ["EthernetInterface.v1_6_0"],
  ChassisCollection: [],
  Chassis: ["Chassis.v1_14_0"],
  ManagerCollection: [],
  Manager: ["Manager.v1_9_0"],
  VirtualMediaCollection: [],
  VirtualMedia: ["VirtualMedia.v1_3_0"],
  Message: ["Message.v1_1_0"],
};

/** OData's metadata document: where each schema is published. */
export const METADATA = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">',
  ...Object.entries(SCHEMAS).flatMap(([schema, versions]) => [
    `  <edmx:Reference Uri="http://redfish.dmtf.org/schemas/v1/${schema}_v1.xml">`,
    ...[schema, ...versions].map((namespace) => `    <edmx:Include Namespace="${namespace}"/>`),
    "  </edmx:Reference>",
  ]),
  '  <edmx:Reference Uri="http://redfish.dmtf.org/schemas/v1/RedfishExtensions_v1.xml">',
  '    <edmx:Include Namespace="RedfishExtensions.v1_0_0" Alias="Redfish"/>',
  "  </edmx:Reference>",
  "  <edmx:DataServices>",
  '    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Service">',
  '      <EntityContainer Name="Service" Extends="ServiceRoot.v1_0_0.ServiceContainer"/>',
  "    </Schema>",
  "  </edmx:DataServices>",
  "</edmx:Edmx>",
  "",
].join("\n");

/** Returns the header that names the JSON schema of a resource (DSP0266, "Link header"); none for other content. */
export function describedBy(content: JsonObject | string): Readonly<Record<string, string>> {
  const type = typeof content === "string" ? undefined : content["@odata.type"];
  if (typeof type !== "string") {
    return {};
  }
  const schema = type.slice(1, type.lastIndexOf("."));
  return { Link: `<http://redfish.dmtf.org/schemas/v1/${schema}.json>; rel=describedby` };
}
