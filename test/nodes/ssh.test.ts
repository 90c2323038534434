import { expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { sshCommandLine } from "../../src/nodes/ssh.ts";
import { localHost } from "../../src/system/local-host.ts";
import { HARD_WORDS, SHOW_WORDS, SHOWN_WORDS } from "../e2e/words.ts";
import { shippedConfig } from "../fabric/config.ts";
import { nodeOf } from "../render/site.ts";

const leaf1 = nodeOf(planFabric(shippedConfig()), "leaf1");

/** Returns ssh's arguments after the switch's address. */
function remote(...words: readonly string[]): readonly string[] {
  const { args } = sshCommandLine("/var/lib/ikvswitch", leaf1, words);
  return args.slice(args.indexOf("root@192.168.98.4") + 1);
}

it("ssh uses neither the user's configuration nor an agent, and only ikvswitch's key", () => {
  const { args } = sshCommandLine("/var/lib/ikvswitch", leaf1, []);
  expect(args.slice(0, 2)).toEqual(["-F", "none"]);
  for (const option of ["IdentitiesOnly=yes", "IdentityAgent=none", "GlobalKnownHostsFile=none"]) {
    expect(args[args.indexOf(option) - 1]).toBe("-o");
  }
});

it("a program and its arguments become one line, which a shell parses back unchanged", async () => {
  const [line = "", ...others] = remote(...SHOW_WORDS);
  expect(others).toEqual([]);
  expect((await localHost().run({ file: "sh", args: ["-c", line] })).stdout).toBe(SHOWN_WORDS);
});

it("a program's name is never parsed as shell syntax", async () => {
  for (const name of HARD_WORDS.filter((word) => word !== "" && !word.startsWith("-"))) {
    // Unquoted, a name that sets a variable (`A=b true`) would make a shell run the next word.
    const [line = ""] = remote(name, "true");
    const { exitCode } = await localHost().run(
      { file: "sh", args: ["-c", line] },
      { okExitCodes: [126, 127] },
    );
    expect([name, exitCode]).toEqual([name, expect.toSatisfy((code: number) => code >= 126)]);
  }
});

it("no argument starts a shell, a single one is a shell command line, and options go to ssh", () => {
  expect(remote()).toEqual([]);
  expect(remote("ip route | wc -l")).toEqual(["ip route | wc -l"]);
  expect(remote("-L", "8080:localhost:80")).toEqual(["-L", "8080:localhost:80"]);
});
