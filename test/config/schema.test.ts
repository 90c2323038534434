import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BACKEND_NAMES } from "../../src/backends/index.ts";
import { findKey, writableKeys } from "../../src/config/keys.ts";
import { readConfig } from "../../src/config/read.ts";
import { configSchema, type SchemaValue, schemaValue } from "../../src/config/schema.ts";
import type { TextSchema } from "../../src/config/value-types/text-schema.ts";
import { projectPath } from "../integration/namespace.ts";

const schema = configSchema({ BACKEND: BACKEND_NAMES });

/** The schema of a key; undefined if there is no such key. */
function schemaOf(key: string) {
  const family = Object.entries(schema.patternProperties).find(([pattern]) =>
    new RegExp(pattern, "u").test(key),
  );
  return schema.properties[key] ?? family?.[1];
}

/** Validates with the words of JSON Schema that the schema has. */
function accepts(wanted: TextSchema, value: SchemaValue): boolean {
  const { type, minimum = -1e99, maximum = 1e99, minLength = 0, maxLength = 1e9, pattern = "" } = wanted;
  const isText = typeof value === "string";
  return (
    (type === undefined || (type === "string") === isText) &&
    (isText
      ? value.length >= minLength && value.length <= maxLength && new RegExp(pattern, "u").test(value)
      : value >= minimum && value <= maximum) &&
    (wanted.enum === undefined || wanted.enum.includes(`${value}`)) &&
    (wanted.const === undefined || wanted.const === value) &&
    (wanted.anyOf?.some((one) => accepts(one, value)) ?? true)
  );
}

it("uses no other words of JSON Schema than this test understands", () => {
  const known = ["type", "minimum", "maximum", "minLength", "maxLength", "pattern", "enum", "const", "anyOf"];
  const all = [...Object.values(schema.properties), ...Object.values(schema.patternProperties)];
  const words = all.flatMap((one) => [one, ...(one.anyOf ?? [])]).flatMap(Object.keys);
  const others = words.filter((word) => !known.includes(word));
  expect([...new Set(others)].sort()).toEqual(["default", "description", "writeOnly"]);
});

it("has exactly the keys that a file may contain", () => {
  expect(writableKeys().filter((key) => schemaOf(key) === undefined)).toEqual([]);
  expect(Object.keys(schema.properties).filter((key) => findKey(key) === undefined)).toEqual([]);
  for (const wrong of ["NUM_RACK", "DHCPD_SUBNET_0", "DHCPD_SUBNET_01", "DHCPD_SUBNET_65", "xNUM_U"]) {
    expect([wrong, schemaOf(wrong), findKey(wrong)]).toEqual([wrong, undefined, undefined]);
  }
});

it.each(["etc/ikvswitch.conf", null])("accepts each value of %s", (file) => {
  const text = file === null ? "" : readFileSync(projectPath(file), "utf8");
  const { entries } = readConfig(text, file);
  const refused = Object.entries(entries).filter(([key, entry]) => {
    const wanted = schemaOf(key);
    return wanted === undefined || !accepts(wanted, schemaValue(wanted, entry.text));
  });
  expect(refused).toEqual([]);
});

it("has typed defaults, and no default of a secret", () => {
  expect(schema.properties.NUM_RACKS).toEqual({
    description: "Number of racks. Each has two leaves. Value: a whole number from 1 to 64.",
    type: "integer",
    minimum: 1,
    maximum: 64,
    default: 3,
  });
  expect(schema.properties.BACKEND).toMatchObject({ enum: BACKEND_NAMES, default: "qemu" });
  expect(schema.properties.VM_ROOT_PASS).toMatchObject({ writeOnly: true });
  expect(schema.properties.VM_ROOT_PASS).not.toHaveProperty("default");
});

it.each([
  ["NUM_RACKS", 65],
  ["NUM_RACKS", "three"],
  ["HOST_VIRTUAL_SUBNET_START_PREFIX", "192.168.1"],
  ["MAC_PREFIX", "00:22:22"],
  ["BACKEND", "third"],
  ["UPLINK", "bridge"],
  ["STATE_DIR", "/state"],
])("refuses %s=%s, as the configuration's reader does", (key, value) => {
  expect(accepts(schemaOf(key) ?? {}, value)).toBe(false);
  expect(() => readConfig(`${key}=${value}`, "test.conf", { choices: { BACKEND: BACKEND_NAMES } })).toThrow(
    key,
  );
});
