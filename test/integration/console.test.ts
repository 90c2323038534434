import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { powerOff, powerOn } from "../../src/backends/qemu/machine.ts";
import { nodeFolder } from "../../src/backends/qemu/node-folder.ts";
import { attachConsole } from "../../src/qemu/console.ts";
import { localHost } from "../../src/system/local-host.ts";
import { bootSectorNodes, removeNodes } from "./boot-sector-machine.ts";

const host = localHost();
let runDir = "";

afterEach(() => removeNodes(host, runDir));

/** Returns a terminal made of two pipes, and a function that returns the output so far. */
function terminal() {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = "";
  output.on("data", (bytes: Buffer) => {
    shown += bytes.toString();
  });
  return { input, output, shown: () => shown };
}

describe("the serial console", () => {
  it("carries keys and output until Ctrl-], is kept in a log, and can be attached again", async () => {
    runDir = await bootSectorNodes(host, { leaf1: "echo" });
    await powerOn(host, nodeFolder(runDir, "leaf1"));
    const first = terminal();
    const attached = attachConsole(host, nodeFolder(runDir, "leaf1").serial, first);
    first.input.write("hello");
    await expect.poll(first.shown, { timeout: 10_000 }).toContain("hello");
    first.input.write(Buffer.from("!\x1dnever sent"));
    expect(await attached).toBe("escape");

    const second = terminal();
    const again = attachConsole(host, nodeFolder(runDir, "leaf1").serial, second);
    second.input.write("again");
    await expect.poll(second.shown, { timeout: 10_000 }).toContain("again");
    await powerOff(host, nodeFolder(runDir, "leaf1"));
    expect(await again).toBe("machine ended");
    const log = await host.readFile(nodeFolder(runDir, "leaf1").console);
    expect(log).toContain("hello!again");
  });

  it("of a VM that is off is refused", async () => {
    runDir = await bootSectorNodes(host, { leaf1: "echo" });
    await expect(attachConsole(host, nodeFolder(runDir, "leaf1").serial, terminal())).rejects.toThrow(
      "the VM is not running",
    );
  });
});
