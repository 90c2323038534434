import { expect, it } from "vitest";
import { jsonDocuments } from "../../../src/check/parse/json-documents.ts";

it("documents are found one after another, with other lines between them", () => {
  const text = 'bgpd\n{\n "a": {"b": [1, 2]}\n}\nbfdd: Connection refused\n[{"c": "}"}]\n\n[\n]\n';
  expect(jsonDocuments(text)).toEqual([{ a: { b: [1, 2] } }, [{ c: "}" }], []]);
});

it("brackets and escaped quotes in strings do not count", () => {
  expect(jsonDocuments('{"a": "[{\\"", "b": "\\\\"}')).toEqual([{ a: '[{"', b: "\\" }]);
});

it("a truncated document is left out, those before it are not", () => {
  expect(jsonDocuments('{"a": 1}\n{"b": [1, 2')).toEqual([{ a: 1 }]);
});

it("a line of text with brackets is no document", () => {
  expect(jsonDocuments("% Unknown command: [x]\n% {y}")).toEqual([]);
});
