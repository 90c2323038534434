import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFabric } from "../../../src/fabric/plan.ts";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { projectPath } from "../../integration/namespace.ts";
import { openToAll, STATE_DIR } from "../fabric-site.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { shippedConfig } from "../shipped-config.ts";
import { status } from "./fabric-status.ts";
import { changeTests } from "./suites/fabric-changes.ts";
import { podTests } from "./suites/fabric-pods.ts";
import { programTests } from "./suites/fabric-programs.ts";
import { hasNoSockets, socketTests } from "./suites/fabric-sockets.ts";
import { trafficTests } from "./suites/fabric-traffic.ts";
import { webTests } from "./suites/fabric-web.ts";

//   outside ── host ── internet ── spine1, spine2 ── leaf1 … leaf6
//
// One fabric of nine namespaces serves all of these tests and suites in this order: those that break things come last.

const fabric = planFabric(shippedConfig());
/** Limit for a busy machine; an idle one takes three seconds. */
const UP_TIMEOUT_MS = 120_000;

let site: NetnsSite;
let before: HostState;
let table: string;

beforeAll(async () => {
  site = await createNetnsSite();
  // Pretend that the host runs its own FRR.
  await site.host.shell(`mkdir /run/frr && echo "not a switch's" >/run/frr/zserv.api`);
  before = await captureState(site.host);
  table = (await site.ikvswitch(["up"])).stdout;
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

describe("a fabric of nine namespaces", () => {
  it("is up when `up` returns: nine switches and all sessions", async () => {
    for (const node of fabric.nodes) {
      expect(table).toMatch(new RegExp(`${node.name} +${node.loopback} .*running`));
    }
    const switches = await status(site);
    expect(switches.every(({ state, reachable }) => state === "running" && reachable)).toBe(true);
    expect(switches.map(({ sessions }) => sessions.up)).toEqual([2, 7, 7, 2, 2, 2, 2, 2, 2]);
  });

  it("has no file that any user may write to", async () => {
    expect(await openToAll(site)).toBe("");
  });

  it("shows the host's network as planned, the switches' ends included", async () => {
    const { stdout } = await site.ikvswitch(["net", "status"]);
    expect(stdout).toContain("as planned: 187 network interfaces, 94 bridges");
  });

  trafficTests(() => site, fabric);
  programTests(() => site);
  webTests(() => site);
  socketTests(() => site, fabric);
  podTests(() => site);

  it("reports what namespaces don't have, with an alternative", async () => {
    for (const words of [
      ["console", "leaf1"],
      ["vnc", "leaf1"],
      ["logs", "--qemu", "leaf1"],
    ]) {
      const { stderr } = await site.ikvswitch(words, [2]);
      expect(stderr).toContain("the netns backend has no");
      expect(stderr).toContain("try 'ikvswitch");
    }
    expect((await status(site))[0]?.vnc).toBeNull();
    expect(table).not.toContain("VNC");
  });

  it("is unchanged by another `up`, except that it closes sockets that are no longer wanted", async () => {
    const pids = await site.pids();
    const { stderr } = await site.ikvswitch(["up"]);
    expect(stderr).toContain("Start the switches: 9 kept");
    expect(await site.pids()).toEqual(pids);
    await hasNoSockets(site);
  });

  it("keeps running if its replacement can't start", async () => {
    const pids = await site.pids();
    const machines = ["up", "--backend", "qemu", "--set", "EXTRA_PACKAGES=hello"];
    await site.host.run("mount", ["--bind", "/bin/false", "/usr/bin/mmdebstrap"]);
    expect((await site.ikvswitch(machines, [1])).stderr).toContain("mmdebstrap");
    await site.host.run("umount", ["/usr/bin/mmdebstrap"]);
    const listen = 'require("net").createServer().listen(5983, "127.0.0.1", () => console.log("listening"))';
    const holder = site.host.start(process.execPath, ["-e", listen]);
    await new Promise<void>((resolve) => holder.watch(() => resolve()));
    await site.host.shell(
      "cd /usr/lib/*-linux-gnu && mount --bind libOpenIPMIutils.so.0 libIPMIlanserv.so.0",
    );
    const portTaken = await site.ikvswitch(machines, [3]);
    await site.host.shell("umount /usr/lib/*-linux-gnu/libIPMIlanserv.so.0");
    expect(portTaken.stderr).toContain("/usr/bin/ipmi_sim cannot find libIPMIlanserv.so.0");
    expect(portTaken.stderr).toMatch(
      /TCP port 5983 is in use: node \(pid \d+\) listens on 127\.0\.0\.1:5983/,
    );
    expect(portTaken.stderr).toContain("needed by leaf1's VNC display 83");
    holder.kill("SIGKILL");
    await holder.output;
    // The same holds for a restart of one switch, and of all.
    await site.host.shell("mv /run/ikvswitch/nodes/leaf6/sandbox.json /run/kept");
    expect((await site.ikvswitch(["node", "restart", "leaf6"], [1])).stderr).toContain("run 'ikvswitch up'");
    await site.host.shell("mv /run/kept /run/ikvswitch/nodes/leaf6/sandbox.json");
    await site.host.run("mount", ["-t", "tmpfs", "tmpfs", "/usr/lib/frr"]);
    const sets = ["--set", "BACKEND=netns", "--set", `STATE_DIR=${STATE_DIR}`];
    const restart = [projectPath("bin/ikvswitch-setup"), "restart", ...sets];
    const withoutFrr = await site.host.run(process.execPath, restart, { exitCodes: [3] });
    await site.host.run("umount", ["/usr/lib/frr"]);
    expect(withoutFrr.stderr).toMatch(/missing programs: .*\/usr\/lib\/frr\/staticd/);
    expect(await site.pids()).toEqual(pids);
  });

  changeTests(() => site);

  it("restarts only the switches whose first process was killed or that lost a port", async () => {
    const pids = await site.pids();
    await site.host.run("kill", ["-KILL", `${pids.leaf1}`]);
    await site.host.run("ip", ["link", "delete", portTap("leaf2")]);
    const { stderr } = await site.ikvswitch(["up"]);
    expect(stderr).toMatch(/Start the switches: .*7 kept/);
    const after = await site.pids();
    const changed = Object.keys(pids).filter((name) => pids[name] !== after[name]);
    expect(changed.sort()).toEqual(["leaf1", "leaf2"]);
  });

  it("does not touch the host's own FRR, and leaves the host unchanged after `down`", async () => {
    expect(await site.host.run("cat", ["/run/frr/zserv.api"])).toMatchObject({ stdout: "not a switch's\n" });
    await site.ikvswitch(["down"]);
    expect(await captureState(site.host)).toEqual(before);
    expect(await site.leftovers()).toBe("");
    expect((await site.host.run("ls", ["-A", "/run/frr"])).stdout).toBe("zserv.api\n");
  });
});

/** Returns the host's end of a switch's first port. */
function portTap(name: string): string {
  return fabric.nodes.find((node) => node.name === name)?.ports[0]?.tap ?? "";
}
