import fc from "fast-check";
import { expect, it } from "vitest";
import { formatYaml } from "../../src/export/kubernetes/yaml.ts";
import { localHost } from "../../src/system/local-host.ts";

const CHARACTERS = "aA1y:# -\n\t\"'\\{}[]|>&*!%@~,?é\u2028";

it("a YAML 1.1 parser reads what was written, with any text", async () => {
  const texts = fc.sample(fc.string({ unit: fc.constantFrom(...CHARACTERS) }), 500);
  const few = texts.slice(0, 9);
  const documents = [{ texts, nested: [[], {}, [few], { "a: b": { c: few } }, "x\ny\n"] }];
  const program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))";
  const { stdout } = await localHost().run({
    file: "/usr/bin/python3",
    args: ["-c", program],
    input: formatYaml(documents),
  });
  expect(JSON.parse(stdout)).toEqual(documents);
});
