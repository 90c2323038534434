import type { JsonObject } from "../../../untrusted-json.ts";
import type { MachineFacts } from "../../model/control.ts";
import { CD_ID, link, MANAGER_ID, type Uris } from "./uris.ts";

/** The BMC itself (schema Manager 1.9, the last in which virtual media is a manager's). */
export function managerResource(
  uris: Uris,
  { name }: Pick<MachineFacts, "name">,
  hasCd: boolean,
): JsonObject {
  return {
    "@odata.id": uris.manager,
    "@odata.type": "#Manager.v1_9_0.Manager",
    Id: MANAGER_ID,
    Name: `BMC of ${name}`,
    ManagerType: "BMC",
    PowerState: "On",
    Status: { State: "Enabled", Health: "OK" },
    ...(hasCd ? { VirtualMedia: link(uris.media) } : {}),
    Links: { ManagerForServers: [link(uris.system)], ManagerForChassis: [link(uris.chassis)] },
  };
}

export const TRANSFER_PROTOCOLS = ["HTTP", "HTTPS"] as const;
/** The drive reads from the image's server while the machine reads from the drive. */
export const TRANSFER_METHODS = ["Stream"] as const;

/**
 * The machine's CD drive (schema VirtualMedia 1.3).
 * @param image path or URL of the inserted image.
 */
export function cdResource(uris: Uris, image: string | null): JsonObject {
  return {
    "@odata.id": uris.cd,
    "@odata.type": "#VirtualMedia.v1_3_0.VirtualMedia",
    Id: CD_ID,
    Name: "CD drive",
    MediaTypes: ["CD", "DVD"],
    Image: image,
    Inserted: image !== null,
    ConnectedVia: image === null ? "NotConnected" : "URI",
    WriteProtected: true,
    Actions: {
      "#VirtualMedia.InsertMedia": {
        target: uris.insert,
        "TransferProtocolType@Redfish.AllowableValues": TRANSFER_PROTOCOLS,
        "TransferMethod@Redfish.AllowableValues": TRANSFER_METHODS,
      },
      "#VirtualMedia.EjectMedia": { target: uris.eject },
    },
  };
}
