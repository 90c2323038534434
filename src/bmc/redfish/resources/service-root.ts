import type { JsonObject } from "../../../untrusted-json.ts";
import type { MachineFacts } from "../../model/control.ts";
import {
  ACCOUNT_SERVICE,
  CHASSIS,
  link,
  MANAGERS,
  ROOT,
  SESSION_SERVICE,
  SESSIONS,
  SYSTEMS,
} from "./uris.ts";

/** The content of /redfish: the protocol's versions. */
export const VERSIONS: JsonObject = { v1: ROOT };

/** The service root (schema ServiceRoot 1.9). */
export function serviceRoot({ name }: Pick<MachineFacts, "name">): JsonObject {
  return {
    "@odata.id": ROOT,
    "@odata.type": "#ServiceRoot.v1_9_0.ServiceRoot",
    Id: "RootService",
    Name: `BMC of ${name}`,
    Product: "ikvswitch",
    RedfishVersion: "1.11.0",
    ProtocolFeaturesSupported: {
      ExcerptQuery: false,
      ExpandQuery: { ExpandAll: false, Levels: false, Links: false, NoLinks: false },
      FilterQuery: false,
      OnlyMemberQuery: false,
      SelectQuery: false,
    },
    Systems: link(SYSTEMS),
    Chassis: link(CHASSIS),
    Managers: link(MANAGERS),
    SessionService: link(SESSION_SERVICE),
    AccountService: link(ACCOUNT_SERVICE),
    Links: { Sessions: link(SESSIONS) },
  };
}
