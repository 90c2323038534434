import { expect, it } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { localHost } from "../../src/system/local-host.ts";

it("starts nothing on the terminal when it was interrupted before, but undoes what has to be", async () => {
  const host = localHost(AbortSignal.abort());
  await expect(host.runInteractive({ file: "sleep", args: ["86400"] })).rejects.toBeInstanceOf(
    InterruptedError,
  );
  expect((await host.run({ file: "echo", args: ["undone"] })).stdout).toBe("undone\n");
});
