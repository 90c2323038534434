import type { JsonObject } from "../../../untrusted-json.ts";
import { link } from "./uris.ts";

/** Returns a collection of resources, such as `ComputerSystemCollection`. */
export function collection(type: string, uri: string, name: string, members: readonly string[]): JsonObject {
  return {
    "@odata.id": uri,
    "@odata.type": `#${type}Collection.${type}Collection`,
    Name: name,
    Members: members.map(link),
    "Members@odata.count": members.length,
  };
}
