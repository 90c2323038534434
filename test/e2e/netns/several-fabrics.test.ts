import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { captureState, type HostState } from "../../integration/host-state.ts";
import { projectPath } from "../../integration/namespace.ts";
import { STATE_DIR } from "../fabric-site.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";

/*
 *   up0 ── host ──┬── ikhb  internet ── spine1 ── leaf1, leaf2    192.168.96.0/19
 *                 └── labhb internet ── spine1 ── leaf1, leaf2    192.168.128.0/19
 */
const SMALL = ["NUM_RACKS=1", "NUM_U=3", "NUM_SPINES=1", "VLAN_SUBNETS_NUM=0"];
const LAB = ["BACKEND=netns", `STATE_DIR=${STATE_DIR}/fabrics/lab`, ...SMALL];
const APART = ["HOST_VIRTUAL_SUBNET_END_PREFIX=128", "HOST_IPMI_IP=192.168.201.1"];
const CONF = "/run/lab.conf";

let site: NetnsSite;
let before: HostState;

/** Runs ikvswitch without the options of the tests' fabrics. */
function bare(words: readonly string[], exitCodes: readonly number[] = [0]) {
  return site.host.run(process.execPath, [projectPath("bin/ikvswitch"), ...words], { exitCodes });
}

const lab = (words: readonly string[], exitCodes?: readonly number[]) =>
  bare(["--name", "lab", ...words], exitCodes);

const writeConf = (lines: readonly string[]) =>
  site.host.run("tee", [CONF], { input: `${lines.join("\n")}\n` });

beforeAll(async () => {
  site = await createNetnsSite();
  // An earlier fabric had its state in the usual folder; the tests' fabrics have theirs elsewhere.
  await site.host.run("mkdir", ["-p", "/var/lib/ikvswitch/identity"]);
  before = await captureState(site.host);
});

afterAll(async () => {
  await lab(["down"]);
  await site.close();
});

describe("two fabrics on one host", () => {
  it("the second one is refused before anything changes, with the settings that it needs", async () => {
    await site.ikvswitch(["up", ...SMALL.flatMap((set) => ["--set", set])]);
    await writeConf(LAB);
    const first = await captureState(site.host);
    const { stderr } = await lab(["--config", CONF, "up"], [3]);
    expect(stderr).toContain(
      "fix: set HOST_VIRTUAL_SUBNET_START_PREFIX=192.168, HOST_VIRTUAL_SUBNET_END_PREFIX=128",
    );
    expect(stderr).toContain("fix: set HOST_IPMI_IP=192.168.201.1");
    expect(stderr).not.toContain("interface names");
    expect(await captureState(site.host)).toEqual(first);
  });

  it("run side by side, each as planned, and are found without the options of their `up`", async () => {
    await writeConf([...LAB, ...APART]);
    await lab(["--config", CONF, "up"]);
    expect((await bare(["check"])).stdout).toContain("The fabric is as planned");
    expect((await lab(["check"])).stdout).toContain("The fabric is as planned");
    const { stdout } = await bare(["--json", "ls"]);
    const up = { state: "up", backend: "netns", switches: { running: 4, planned: 4 } };
    expect(JSON.parse(stdout).fabrics).toMatchObject([
      { ...up, name: "ikvswitch", file: projectPath("etc/ikvswitch.conf") },
      { ...up, name: "lab", file: CONF },
    ]);
  });

  it("tells which keys of the file have changed, and which differ on the command line", async () => {
    await writeConf([...LAB, ...APART, "AS_START=64600"]);
    const { stdout, stderr } = await lab(["status"]);
    expect(stdout).toContain(" 65500 ");
    expect(stderr).toBe(`${CONF} has changed since 'up': AS_START; 'ikvswitch up' applies it.\n`);
    const other = await lab(["status", "--set", "NUM_RACKS=2"], [4]);
    expect(other.stderr).toContain("Warning: the running fabric has another NUM_RACKS;");
    expect((await site.host.run("stat", ["-c", "%a", "/run/ikvswitch/configuration.json"])).stdout).toBe(
      "600\n",
    );
  });

  it("one goes without the other, and the last one leaves the host as it was", async () => {
    await bare(["down"]);
    expect((await lab(["check"])).stdout).toContain("The fabric is as planned");
    await lab(["down"]);
    await site.host.run("rm", [CONF]);
    expect(await captureState(site.host)).toEqual(before);
    expect(await site.leftovers()).toBe("");
  });
});
