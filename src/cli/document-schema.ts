import { UsageError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";

type Schema = Readonly<Record<string, unknown>>;

/** The file of all documents, which `npm run generate` makes from their types. */
interface SchemaFile {
  readonly $schema: string;
  /** Each document by its name. */
  readonly properties: Readonly<Record<string, Schema>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** Returns the names of all JSON documents. */
export async function documentNames(host: Host): Promise<readonly string[]> {
  return Object.keys((await readSchemas(host)).properties).toSorted();
}

/**
 * Returns the JSON Schema of one document, with the definitions that it needs.
 * @throws UsageError if there is no such document.
 */
export async function documentSchema(host: Host, name: string): Promise<Schema> {
  const { $schema, properties, definitions } = await readSchemas(host);
  const schema = properties[name];
  if (schema === undefined) {
    throw new UsageError(`no JSON document is called ${name}; 'ikvswitch schema' lists all`);
  }
  const needed = definitionsOf(schema, definitions);
  return {
    ...{ $schema, title: `ikvswitch ${name}`, ...schema },
    definitions: Object.fromEntries(Object.entries(definitions).filter(([each]) => needed.has(each))),
  };
}

async function readSchemas(host: Host): Promise<SchemaFile> {
  const path = productPath("etc/documents.schema.json");
  const text = await host.readFile(path);
  if (text === undefined) {
    throw new UsageError(`${path} is missing`);
  }
  return JSON.parse(text) as SchemaFile;
}

/** Returns the names of the definitions that a schema refers to, and those that these refer to. */
function definitionsOf(
  schema: unknown,
  definitions: SchemaFile["definitions"],
  found: Set<string> = new Set(),
): ReadonlySet<string> {
  for (const [, name = ""] of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) {
    if (!found.has(name)) {
      found.add(name);
      definitionsOf(definitions[name], definitions, found);
    }
  }
  return found;
}
