import { expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { sshCommandLine } from "../../src/nodes/ssh.ts";
import { localHost } from "../../src/system/local-host.ts";
import { HARD_WORDS, SHOW_WORDS, SHOWN_WORDS } from "../e2e/words.ts";
import { shippedConfig } from "../fabric/config.ts";
import { nodeOf } from "../render/site.ts";

const leaf1 = nodeOf(planFabric(shippedConfig()), "leaf1");

/** What ssh is given behind the switch's address. */
function remote(...words: readonly string[]): readonly string[] {
  const { args } = sshCommandLine("/var/lib/ikvswitch", leaf1, words);
  return args.slice(args.indexOf("root@192.168.98.4") + 1);
}

it("nothing that the user has set for other hosts counts: no file, no agent, no key but the tool's", () => {
  const { args } = sshCommandLine("/var/lib/ikvswitch", leaf1, []);
  expect(args.slice(0, 2)).toEqual(["-F", "none"]);
  for (const option of ["IdentitiesOnly=yes", "IdentityAgent=none", "GlobalKnownHostsFile=none"]) {
    expect(args[args.indexOf(option) - 1]).toBe("-o");
  }
});

it("a program and its words are one line, which a shell reads back as they are", async () => {
  const [line = "", ...others] = remote(...SHOW_WORDS);
  expect(others).toEqual([]);
  expect((await localHost().run({ file: "sh", args: ["-c", line] })).stdout).toBe(SHOWN_WORDS);
});

it("a program's name is none but a name", async () => {
  for (const name of HARD_WORDS.filter((word) => word !== "" && !word.startsWith("-"))) {
    // With a name that sets a variable (`A=b true`) a shell would run what follows.
    const [line = ""] = remote(name, "true");
    const { exitCode } = await localHost().run(
      { file: "sh", args: ["-c", line] },
      { okExitCodes: [126, 127] },
    );
    expect([name, exitCode]).toEqual([name, expect.toSatisfy((code: number) => code >= 126)]);
  }
});

it("no word is a shell, one is a line for it, and those that begin with a dash are ssh's own", () => {
  expect(remote()).toEqual([]);
  expect(remote("ip route | wc -l")).toEqual(["ip route | wc -l"]);
  expect(remote("-L", "8080:localhost:80")).toEqual(["-L", "8080:localhost:80"]);
});
