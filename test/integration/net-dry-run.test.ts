import { describe, expect, it } from "vitest";
import { captureState } from "./host-state.ts";
import { ikvswitch } from "./namespace.ts";
import { useTestSite } from "./test-site.ts";

const test = await useTestSite();

describe("a dry run", () => {
  it("prints a shell script with the same effect, and changes nothing", async () => {
    const before = await captureState(test.host);
    const { stdout } = await ikvswitch(test.host, ["start", "--dry-run"]);
    expect(await captureState(test.host)).toEqual(before);
    // A kernel without dummy devices needs the alternative that the script shows in a comment.
    const dummy = ["--net", "--", "ip", "link", "add", "dummy1", "type", "dummy"];
    const { exitCode } = await test.host.run("unshare", dummy, { exitCodes: [0, 1, 2] });
    const script = exitCode === 0 ? stdout : stdout.replaceAll(/ type dummy$/gm, " type ifb");
    await test.host.run("sh", ["-e"], { input: script });
    await test.status(0);
    const stop = await ikvswitch(test.host, ["stop", "--dry-run"]);
    await test.status(0);
    await test.host.run("sh", ["-e"], { input: stop.stdout });
    expect(await captureState(test.host)).toEqual(before);
  });
});
