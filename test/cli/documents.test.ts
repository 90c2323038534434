import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { documentSchemas } from "../../scripts/document-schemas.ts";
import { documentNames, documentSchema } from "../../src/cli/document-schema.ts";
import { describeDocument } from "../../src/cli/print-document.ts";
import { localHost } from "../../src/system/local-host.ts";
import { expectValidDocuments } from "../integration/documents.ts";

const host = localHost(new AbortController().signal);

describe("JSON documents", () => {
  /** `npm run generate` runs this with `--update`, which writes the file. */
  it("are described by etc/documents.schema.json, which is generated from their types", async () => {
    const path = fileURLToPath(new URL("../../etc/documents.schema.json", import.meta.url));
    // The comparison below would write a missing file instead of failing.
    expect(existsSync(path)).toBe(true);
    await expect(`${JSON.stringify(documentSchemas(), null, 1)}\n`).toMatchFileSnapshot(path);
  });

  it("have a schema each, which is complete", async () => {
    const names = await documentNames(host);
    expect(names).toContain("vm info");
    for (const name of names) {
      const schema = await documentSchema(host, name);
      expect(() => new Ajv({ allowUnionTypes: true }).compile(schema), name).not.toThrow();
    }
  });

  it("differ from their schema if a key lacks, has another type, or the name or version is another", () => {
    const whole = { document: "image build", version: 1, id: "1a2b", built: true, folder: "/var" };
    expectValidDocuments(JSON.stringify(whole));
    expectValidDocuments(`${JSON.stringify(whole)}\n${JSON.stringify({ ...whole, more: 1 })}\n`);
    for (const wrong of [{ id: undefined }, { built: "yes" }, { version: 2 }, { document: "image bild" }]) {
      expect(() => expectValidDocuments(JSON.stringify({ ...whole, ...wrong }))).toThrow();
    }
  });

  it("begin with their name and version", () => {
    expect(Object.keys(describeDocument("snapshot rm", { removed: [] }))).toEqual([
      "document",
      "version",
      "removed",
    ]);
  });

  it("without a schema are an error that says how to list all", async () => {
    await expect(documentSchema(host, "stats")).rejects.toThrow(
      "no JSON document is called stats; 'ikvswitch schema' lists all",
    );
  });
});
