import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ValidateFunction } from "ajv";

/** As far above this file as above the bundle of the soak. */
const FILE = fileURLToPath(new URL("../../etc/documents.schema.json", import.meta.url));

let ajv: Ajv | undefined;

/**
 * Validates what `ikvswitch --json` printed, one document or one in each line, against the published JSON Schema.
 * Documents in a form of others, such as Ansible's inventory, have no name and are passed over.
 *
 * @throws an error that lists what is wrong.
 */
export function expectValidDocuments(stdout: string): void {
  for (const document of parseDocuments(stdout)) {
    const { document: name } = document as { readonly document?: string };
    if (name === undefined) {
      continue;
    }
    const validate = validatorOf(name);
    if (!validate(document)) {
      throw new Error(
        `the JSON document "${name}" differs from its schema: ${ajv?.errorsText(validate.errors)}`,
      );
    }
  }
}

function parseDocuments(stdout: string): readonly unknown[] {
  try {
    return [JSON.parse(stdout)];
  } catch {
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }
}

function validatorOf(name: string): ValidateFunction {
  if (ajv === undefined) {
    // One type of several is written as a list.
    ajv = new Ajv({ allowUnionTypes: true });
    ajv.addSchema(JSON.parse(readFileSync(FILE, "utf8")), "documents");
  }
  const validate = ajv.getSchema(`documents#/properties/${encodeURIComponent(name)}`);
  if (validate === undefined) {
    throw new Error(`no document "${name}" in ${FILE}`);
  }
  return validate;
}
