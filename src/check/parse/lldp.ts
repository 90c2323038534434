import type { InterfaceName } from "../../fabric/types.ts";
import { fieldsOf, objectsIn, textOf } from "../../untrusted-json.ts";
import type { LldpNeighbor } from "../model/observation.ts";

/**
 * Parses the neighbors of each port. A port has several if something on the link repeats all frames.
 * @param document `lldpcli -f json0 show neighbors`: `{"lldp": [{"interface": [{"name": …, "chassis": [{"name":
 *   [{"value": …}]}], "port": [{"id": [{"value": …}]}]}]}]}`. Unlike with `-f json`, whose shape changes with the
 *   number of neighbors, everything that may repeat is a list here (lldpcli(8)).
 */
export function parseLldp(document: unknown): ReadonlyMap<InterfaceName, readonly LldpNeighbor[]> {
  const found = new Map<InterfaceName, LldpNeighbor[]>();
  for (const item of objectsIn(fieldsOf(document).lldp).flatMap((part) => objectsIn(part.interface))) {
    const port = textOf(item.name, "");
    const system = valueIn(objectsIn(item.chassis)[0]?.name);
    // The name that lldpd reports may include the domain.
    const neighbor = { system: system.split(".", 1)[0] ?? "", port: valueIn(objectsIn(item.port)[0]?.id) };
    const heard = found.get(port);
    if (heard === undefined) {
      found.set(port, [neighbor]);
    } else {
      heard.push(neighbor);
    }
  }
  return found;
}

/** Parses `[{"value": …}]`. */
function valueIn(values: unknown): string {
  return textOf(objectsIn(values)[0]?.value, "");
}

/**
 * Turns lldpcli's output into valid JSON. lldpcli prints control characters in a neighbor's name unescaped, some of
 * them after a backslash (lldpd's json_writer.c, 0.7.19 to 1.0.19). JSON allows neither, so one neighbor would hide all
 * others.
 */
export function repairLldpJson(text: string): string {
  const start = /^\{/m.exec(text)?.index ?? text.length;
  const repaired: string[] = [text.slice(0, start)];
  let isInString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? "";
    const escaped = isInString && character === "\\" ? (text[at + 1] ?? "") : "";
    if (escaped !== "") {
      at++;
    }
    if (isInString && isControl(escaped || character)) {
      repaired.push(`\\u${(escaped || character).charCodeAt(0).toString(16).padStart(4, "0")}`);
    } else {
      repaired.push(character, escaped);
    }
    if (character === '"') {
      isInString = !isInString;
    }
  }
  return repaired.join("");
}

function isControl(character: string): boolean {
  return character < " ";
}
