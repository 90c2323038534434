import { execa } from "execa";
import { expect, it } from "vitest";
import { withoutOpenFiles } from "../../src/system/without-open-files.ts";

it("starts a program with its words and streams, and without the files that its caller has open", async () => {
  const list = { file: "sh", args: ["-c", 'cat; echo "$1"; ls /proc/$$/fd', "sh", "two words"] };
  const { file, args } = withoutOpenFiles(list);
  const script = 'exec 3</dev/null 20</dev/null 300</dev/null; exec "$@"';
  const { stdout } = await execa("bash", ["-c", script, "bash", file, ...args], { input: "input\n" });
  expect(stdout.split("\n")).toEqual(["input", "two words", "0", "1", "2"]);
});
