import { expect, it } from "vitest";
import type { UpPreview } from "../../../../src/lab/preview-up.ts";
import { FRR_CONF } from "../../../../src/render/render.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import { captureState } from "../../../integration/host-state.ts";
import type { NetnsSite } from "../../netns-site.ts";
import { status, untilConverged } from "../fabric-status.ts";

/** Tests that change switches and restart them. */
export function changeTests(site: () => NetnsSite): void {
  it("applies a changed setting without a restart", async () => {
    const pids = await site().pids();
    const changed = ["up", "--set", "DNS_SERVERS=192.0.2.53"];
    const preview = await site().ikvswitch([...changed, "--diff"], [4]);
    expect(preview.stdout).toMatch(/^Updated.*: internet, spine1, .*leaf6\n {2}--- \/etc\/resolv\.conf\n/m);
    expect(preview.stdout).toMatch(/^ {2}\+nameserver 192\.0\.2\.53$/m);
    const { stderr } = await site().ikvswitch(changed);
    expect((await site().ikvswitch([...changed, "--diff"])).stdout).toContain("would change nothing");
    expect(stderr).toContain("Start the switches: 9 updated");
    expect(await site().inside("leaf1", "cat", "/etc/resolv.conf")).toContain("nameserver 192.0.2.53");
    expect(await site().pids()).toEqual(pids);
  });

  it("shows what a rack more would change, and changes nothing", async () => {
    const before = await captureState(site().host);
    const words = ["up", "--diff", "--set", "NUM_RACKS=4"];
    const { nodes } = (await site().json(words, [4])) as UpPreview;
    const actions = Object.fromEntries(nodes.map(({ name, action }) => [name, action]));
    expect(actions).toMatchObject({ internet: "update", spine1: "restart", leaf7: "start", leaf8: "start" });
    const frr = nodes.find(({ name }) => name === "spine1")?.files.find(({ path }) => path === FRR_CONF);
    expect(frr?.diff).toContain("+ neighbor ens11 description leaf7 ens4\n");
    const keys = nodes.flatMap(({ files }) => files).filter(({ path }) => path.endsWith("_key"));
    expect(keys.every(({ diff }) => diff === null)).toBe(true);
    expect(await captureState(site().host)).toEqual(before);
  });

  it("adds the user's own fragments to switches' files, and says what FRR does not take", async () => {
    const folder = "/run/programs/startup";
    const up = async (fragment: string) => {
      await site().host.shell(
        `mkdir -p ${folder}/leaf3 && printf '%s' "$FRAGMENT" >${folder}/leaf3/frr.conf`,
        { env: { FRAGMENT: fragment } },
      );
      return site().ikvswitch(["up", "--set", `STARTUP_DIR=${folder}`], [0, 1]);
    };
    const pids = await site().pids();
    await up("ip prefix-list OWN seq 5 permit 192.0.2.0/24");
    expect(await site().inside("leaf3", "vtysh", "-c", "show running-config")).toContain("prefix-list OWN");
    expect(await site().pids()).toEqual(pids);
    const wrong = await up("router bgp nonsense\n");
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toMatch(/line \d+: % Unknown command.*router bgp nonsense/);
    await site().ikvswitch(["node", "stop", "leaf3"]);
    expect((await up("router bgp nonsense\n")).stderr).toMatch(
      /Warning: FRR does not take all of .*leaf3\/frr\.conf:\n +line \d+: % Unknown command.*nonsense/,
    );
    await site().host.run("rm", ["-r", folder]);
    await site().ikvswitch(["up"]);
    expect(await site().inside("leaf3", "vtysh", "-c", "show running-config")).not.toContain("OWN");
  });

  it("keeps a saved configuration over a restart, until it is reset", async () => {
    await site().inside(
      "leaf5",
      "vtysh",
      "-c",
      "conf",
      "-c",
      "ip prefix-list MINE seq 5 permit 192.0.2.0/24",
    );
    const routing = () => site().inside("leaf5", "vtysh", "-c", "show running-config");
    await site().ikvswitch(["save", "leaf5"]);
    await site().ikvswitch(["node", "restart", "leaf5"]);
    await untilConverged(site());
    expect(await routing()).toContain("prefix-list MINE");
    const pids = await site().pids();
    await site().ikvswitch(["up"]);
    expect(await routing()).toContain("prefix-list MINE");
    await site().ikvswitch(["save", "--reset", "leaf5"]);
    await site().ikvswitch(["up"]);
    expect(await routing()).not.toContain("MINE");
    expect(await site().pids()).toEqual(pids);
  });

  it("ignores a configuration that was saved with another plan, reports that, and refuses to save with another plan", async () => {
    await site().ikvswitch(["save", "leaf5"]);
    const other = ["--set", "AS_START=64600"];
    expect((await site().ikvswitch(["save", "leaf5", ...other], [1])).stderr).toContain(
      "save leaf5\n  failed\n  its plan differs from the configuration's",
    );
    const { stderr } = await site().ikvswitch(["up", ...other]);
    const unused = /leaf5: ignoring its saved configuration: the plan changed: AS number \d+, now 646\d\d/;
    expect(stderr).toMatch(unused);
    const seen = await site().ikvswitch(["status", ...other]);
    expect(seen.stdout).toMatch(/^leaf5 .*saved, unused$/m);
    expect(seen.stdout).toMatch(unused);
    const summary = await site().inside("leaf5", "vtysh", "-c", "show bgp summary");
    expect(summary).toContain("local AS number 646");
    await site().ikvswitch(["save", "--reset", "leaf5"]);
    await site().ikvswitch(["up"]);
  });

  it("stops and starts single switches, whose neighbors lose their sessions", async () => {
    await site().ikvswitch(["node", "stop", "leaf6"]);
    const stopped = await status(site());
    expect(stopped.find(({ name }) => name === "leaf6")?.state).toBe("stopped");
    expect(stopped.find(({ name }) => name === "spine1")?.sessions.up).toBe(6);
    await site().ikvswitch(["net", "status"]);
    expect((await site().ikvswitch(["node", "thaw", "leaf6"], [2])).stderr).toContain(
      "cannot thaw leaf6: not running",
    );
    const started = await site().ikvswitch(["node", "start", "leaf6", "leaf5"]);
    expect(started.stdout).toBe("leaf6: started.\nleaf5: already running.\n");
    await untilConverged(site());
  });

  it.each(["bgpd", "zebra", "sshd", "lldpd"])("starts %s again when it is killed", async (daemon) => {
    const pidOf = async () =>
      (await site().ikvswitch(["exec", "spine1", "pgrep", "-o", daemon], [0, 1])).stdout;
    const killed = await pidOf();
    await site().inside("spine1", "kill", "-KILL", killed.trim());
    await pollUntil({ what: `another ${daemon}`, timeoutMs: 30_000, intervalMs: 100 }, async () => {
      const now = await pidOf();
      return now !== "" && now !== killed ? { done: true, value: undefined } : { done: false, seen: now };
    });
    await untilConverged(site());
  });
}
