import {
  type CompletedConfig,
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  type Schema,
  SchemaGenerator,
  StringType,
  type SubNodeParser,
} from "ts-json-schema-generator";

/** The type whose properties are the documents. */
const TYPE = "Documents";

const config: CompletedConfig = {
  ...DEFAULT_CONFIG,
  path: "src/cli/documents.ts",
  tsconfig: "tsconfig.json",
  type: TYPE,
  topRef: false,
  // The lint checks types.
  skipTypeCheck: true,
  // A later version may have more keys, which no program that reads a document should mind.
  additionalProperties: true,
};

/** Classes whose values are text in JSON. */
const TEXTS = new Set(["Address", "InterfaceAddress", "Mac", "Prefix"]);

const texts: SubNodeParser = {
  supportsNode: (node) => {
    const name = "name" in node ? (node.name as { readonly text?: string } | undefined)?.text : undefined;
    return TEXTS.has(name ?? "") && "members" in node && node.getSourceFile().fileName.includes("/src/net/");
  },
  createType: () => new StringType(),
};

/**
 * Returns the JSON Schema of all documents that commands print with `--json`: `properties` has each by its name, as
 * printed, with its name and version.
 */
export function documentSchemas(): Schema {
  const program = createProgram(config);
  const parser = createParser(program, config, (chain) => {
    chain.addNodeParser(texts);
  });
  const { $schema, properties, definitions } = new SchemaGenerator(
    program,
    parser,
    createFormatter(config),
    config,
  ).createSchema(TYPE);
  const printed = Object.entries(properties ?? {}).map(([name, schema]) => [
    name,
    asPrinted(name, schema as Schema, definitions as Definitions),
  ]);
  return {
    $schema,
    title: "JSON documents of ikvswitch, by their names",
    type: "object",
    properties: Object.fromEntries(printed),
    definitions,
  } as Schema;
}

type Definitions = Readonly<Record<string, Schema>>;

function asPrinted(name: string, schema: Schema, definitions: Definitions): Schema {
  const own = definitions[schema.$ref?.split("/").at(-1) ?? ""] ?? schema;
  return {
    allOf: [
      {
        type: "object",
        properties: {
          document: { const: name },
          version: (own.properties?.version as Schema | undefined) ?? { const: 1 },
        },
        required: ["document", "version"],
      },
      schema,
    ],
  };
}
