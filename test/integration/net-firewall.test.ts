import { describe, expect, it } from "vitest";
import { captureState } from "./host-state.ts";
import { ikvswitch, searchPath } from "./namespace.ts";
import { useTestSite } from "./test-site.ts";
import { assertTrafficPasses } from "./traffic.ts";

const test = await useTestSite();

describe("on a host with other firewall programs", () => {
  it("without iptables, the rules are in a table of their own, which stop removes", async () => {
    const options = await searchPath(test.host, "rm iptables* ip6tables*");
    const before = await captureState(test.host);
    await ikvswitch(test.host, ["start"], options);
    expect((await test.host.run("nft", ["list", "tables"])).stdout).toBe(
      "table ip ikvswitch\ntable ip6 ikvswitch\n",
    );
    expect((await ikvswitch(test.host, ["start"], options)).stdout).toContain("already as planned");
    await assertTrafficPasses(test.site);
    await test.host.shell("nft delete chain ip ikvswitch postrouting");
    await ikvswitch(test.host, ["start"], options);
    await test.host.shell("for name in plug1 plug2 plug3; do ip link del $name; done");
    await ikvswitch(test.host, ["stop"], options);
    expect(await captureState(test.host)).toEqual(before);
  });

  it("with legacy iptables, start and stop work the same", async () => {
    const options = await searchPath(
      test.host,
      "for name in iptables ip6tables; do for job in '' -save -restore; do ln -sf $name-legacy$job $name$job; done; done",
    );
    await ikvswitch(test.host, ["start"], options);
    expect((await ikvswitch(test.host, ["start"], options)).stdout).toContain("already as planned");
    const rules = async () => (await test.host.run("iptables-legacy-save", [])).stdout;
    expect((await rules()).match(/ikvswitch/g)).toHaveLength(6);
    await assertTrafficPasses(test.site);
    await ikvswitch(test.host, ["stop"], options);
    expect(await rules()).not.toContain("ikvswitch");
  });

  it("with neither, start names the missing programs and changes nothing", async () => {
    const options = await searchPath(test.host, "rm iptables* ip6tables* nft");
    const before = await captureState(test.host);
    const { stderr } = await ikvswitch(test.host, ["start"], { ...options, exitCodes: [3] });
    expect(stderr).toContain("apt install iptables");
    expect(await captureState(test.host)).toEqual(before);
  });
});
