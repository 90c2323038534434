import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLldp } from "../../../src/check/parse/lldp.ts";
import { parseAnswer } from "../../../src/check/query/answer.ts";

/** Returns a string as lldpcli prints it: json_string_dump() of lldpd's json_writer.c, for characters of one byte. */
function printed(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\\b",
    "\f": "\\\f",
    "\n": "\\\n",
    "\r": "\\\r",
    "\t": "\\\t",
  };
  const shown = [...text].map((character) => {
    const isEscaped = character.charCodeAt(0) < 0x1f;
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return escapes[character] ?? (isEscaped ? `\\u${code}` : character);
  });
  return `"${shown.join("")}"`;
}

function answer(name: string, port: string): string {
  const neighbor = (on: string, system: string, id: string) => `{
          "name": "${on}",
          "chassis": [ { "name": [ { "value": ${system} } ] } ],
          "port": [ { "id": [ { "type": "ifname", "value": ${id} } ] } ]
        }`;
  return `{
  "lldp": [
    {
      "interface": [
        ${neighbor("ens4", printed(name), printed(port))},
        ${neighbor("ens5", '"spine2"', '"ens5"')}
      ]
    }
  ]
}
`;
}

describe("the output of lldpcli", () => {
  it("is parsed whatever names a neighbor sends for itself and its port", () => {
    const ascii = fc.string({
      unit: fc.integer({ min: 1, max: 0x7f }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(ascii, ascii, (name, port) => {
        const said = `2026-11-28 [WARN/lldpctl] "odd\n${answer(name, port)}`;
        expect(parseAnswer(`\n=== section lldp\n${said}\n=== exit 0\n`).lldp).toEqual({
          seen: true,
          value: new Map([
            ["ens4", [{ system: name.split(".")[0], port }]],
            ["ens5", [{ system: "spine2", port: "ens5" }]],
          ]),
        });
      }),
    );
  });

  it("may have any value in place of a name", () => {
    const odd = { name: [{ value: { toString: 1 } }] };
    const document = { lldp: [null, { interface: [7, { name: "ens4", chassis: [odd], port: "x" }] }] };
    expect(parseLldp(document)).toEqual(new Map([["ens4", [{ system: "", port: "" }]]]));
    expect(parseLldp([])).toEqual(new Map());
  });
});
