import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { writeManifest } from "../../src/switches/qemu/template/store.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { captureState } from "../integration/host-state.ts";
import { buildImage, createFabricSite, type FabricSite, pathFromOutside } from "./fabric-site.ts";
import { expectPlannedPorts } from "./planned-ports.ts";

//   host ── internet ── spine1 ── leaf1, leaf2 ── 3 server ports each
//
// Three kinds of machines, and two that are alike.

const SETS = ["NUM_RACKS=1", "NUM_SPINES=1", "NUM_U=5", "SWITCH_MEMORY_MIB=192", "BOOT=auto"];
const fabric = planFabric(readConfig(SETS.join("\n"), null).config);
const names = fabric.nodes.map(({ name }) => name);
/** In a clone: the statements that its daemons refused to take. */
const REFUSED = "/run/ikvswitch/load-frr.log";
const UP_TIMEOUT_MS = 10 * 60_000;

interface Status {
  readonly outcomes?: Readonly<Record<string, string>>;
  readonly asPlanned: boolean;
  readonly switches: readonly { readonly name: string; readonly pid: number }[];
}

interface Template {
  readonly key: string;
  readonly cards: number;
}

let site: FabricSite;
let up: Status;
/** What `show running-config` says in each clone. */
let routing: readonly string[];
let capturing: { readonly stop: () => Promise<void> };

beforeAll(async () => {
  await buildImage();
  site = await createFabricSite(SETS);
  await ownTemplates();
  await site.ikvswitch(["net", "start"]);
  capturing = await captureTaps();
  up = (await site.json(["up"])) as Status;
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

/** These tests damage and remove templates, from which others may start machines: they make their own. */
async function ownTemplates(): Promise<void> {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  await site.host.shell(`mkdir -p ${folder}/templates && mount -t tmpfs tmpfs ${folder}/templates`);
}

/** What each switch says to the same question. */
async function everywhere(...words: readonly string[]): Promise<readonly string[]> {
  return Promise.all(names.map((name) => site.inside(name, ...words)));
}

/** Record the sources of all frames that come out of the switches, tap by tap. */
async function captureTaps() {
  await site.host.shell("mkdir /run/frames");
  const captures = fabric.nodes.flatMap(({ ports }) =>
    ports.map(({ tap }) =>
      site.host.start("tcpdump", ["-U", "-Q", "in", "-i", tap, "-w", `/run/frames/${tap}`]),
    ),
  );
  const count = captures.length;
  await pollUntil({ what: "every capture", timeoutMs: 30_000, intervalMs: 100 }, async () => {
    const { stdout } = await site.host.shell("find /run/frames -type f -size +0 | wc -l");
    return Number(stdout) === count ? { done: true, value: undefined } : { done: false, seen: stdout };
  });
  return {
    stop: async () => {
      for (const capture of captures) {
        capture.kill("SIGINT");
      }
      await Promise.all(captures.map(({ output }) => output));
    },
  };
}

async function sourcesOn(tap: string): Promise<readonly string[]> {
  const { stdout } = await site.host.run("tcpdump", ["-n", "-e", "-t", "-r", `/run/frames/${tap}`]);
  return [...new Set([...stdout.matchAll(/^([0-9a-f:]{17}) > /gm)].map((match) => match[1] ?? ""))];
}

async function templates(): Promise<readonly (Template & { readonly folder: string })[]> {
  const { folder } = (await site.json(["image", "build"])) as { folder: string };
  const images = (await site.json(["image", "ls"])) as { id: string; templates: Template[] }[];
  const image = images.find(({ id }) => folder.endsWith(`/${id}`));
  return (image?.templates ?? []).map((template) => ({
    ...template,
    folder: `${folder}/templates/${template.key}`,
  }));
}

/** The template of the machine with this many cards and 192 MiB. */
async function templateOf(node: string): Promise<string> {
  // QEMU before 8.2 has a copy in memory, which bears the file's name.
  const { stdout } = await site.host.shell(`
    cd /proc/$(cat /run/ikvswitch/nodes/${node}/run/qemu.pid)
    tr '\\0' '\\n' <cmdline
    readlink fd/9 || true`);
  const folder = /(?:mem-path=|\/memfd:)(\S+)\/memory\b/.exec(stdout)?.[1];
  if (folder === undefined) {
    throw new Error(`${node} is no clone: ${stdout}`);
  }
  return folder;
}

describe("a fabric of clones", () => {
  it("is as planned, and every switch of it was cloned", () => {
    expect(up.outcomes).toEqual(Object.fromEntries(names.map((name) => [name, "cloned"])));
    expect(up.asPlanned).toBe(true);
  });

  it("has templates that nobody but root may write to", async () => {
    const { folder } = (await site.json(["image", "build"])) as { folder: string };
    const others = await site.host.shell(
      `find ${folder}/templates -mindepth 1 "(" ! -user root -o -perm /022 ")"`,
    );
    expect(others.stdout).toBe("");
  });

  it("has one template for machines that are alike, and knows what each takes", async () => {
    const used = await Promise.all(names.map(templateOf));
    expect(used[2]).toBe(used[3]);
    expect(new Set(used).size).toBe(3);
    const known = (await templates()).map(({ folder }) => folder);
    expect(known).toEqual(expect.arrayContaining([...new Set(used)]));
    expect((await site.ikvswitch(["image", "ls"])).stdout).toContain(used[0]?.split("/").at(-1));
  });

  it("gives each switch its own name, machine ID, boot ID, host key, randomness and time", async () => {
    expect((await everywhere("hostname")).map((line) => line.trim())).toEqual(names);
    for (const own of [
      ["cat", "/etc/machine-id"],
      ["cat", "/proc/sys/kernel/random/boot_id"],
      ["sh", "-c", "sha256sum </etc/ssh/ssh_host_ed25519_key"],
      ["sh", "-c", "head -c 32 /dev/urandom | sha256sum"],
    ]) {
      const answers = await everywhere(...own);
      expect(new Set(answers).size, own.join(" ")).toBe(names.length);
    }
    for (const seconds of await everywhere("date", "+%s")) {
      expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5);
    }
  });

  it("has given FRR's daemons, which ran already, their configuration, with no vtysh", async () => {
    routing = await everywhere("vtysh", "-c", "show running-config");
    for (const [index, configuration] of routing.entries()) {
      expect(configuration).toContain(`hostname ${names[index]}\n`);
      expect(configuration).toContain(" neighbor FABRIC bfd profile FABRIC\n");
    }
    expect(new Set(await everywhere("sh", "-c", `if [ -e ${REFUSED} ]; then cat ${REFUSED}; fi`))).toEqual(
      new Set([""]),
    );
  });

  it("has each switch's kernel know that it is a copy, and renew its random state", async () => {
    for (const log of await everywhere("dmesg")) {
      expect(log).toContain("crng reseeded due to virtual machine fork");
    }
  });

  it("lets its user in by ssh, with the host's key checked", async () => {
    for (const name of names) {
      expect((await site.ikvswitch(["ssh", name, "hostname"])).stdout).toBe(`${name}\n`);
    }
  });

  it("has every port under its planned name, MAC and MTU", () => expectPlannedPorts(site, fabric));

  it("never sent a frame from another MAC than the switch's own, from before the start on", async () => {
    await capturing.stop();
    for (const { name, ports } of fabric.nodes) {
      // Bridges have the MAC of their first port, and flood what their others send.
      const own = new Set(ports.map(({ mac }) => mac));
      for (const { tap, mac, peer } of ports) {
        const seen = await sourcesOn(tap);
        expect(
          seen.filter((source) => !own.has(source)),
          `${name}, ${tap}`,
        ).toEqual([]);
        if (peer.kind === "node") {
          expect(seen).toEqual([mac]);
        }
      }
    }
    await site.host.run("rm", ["-r", "/run/frames"]);
  });

  it(
    "has a switch that reboots boot from its own kernel, with its own MACs and files",
    async () => {
      await site.inside("leaf2", "sh", "-c", "(sleep 0.2; reboot) >/dev/null 2>&1 &");
      const status = await pollUntil(
        { what: "leaf2's reboot", timeoutMs: 180_000, intervalMs: 1_000 },
        async () => {
          const seen = await site.host.shell("cat /run/ikvswitch/nodes/leaf2/run/console.log");
          // The template's own boot is not on it, the reboot's is.
          return seen.stdout.includes("bgpd started") && seen.stdout.split("leaf2 ready").length === 3
            ? { done: true, value: await site.ikvswitch(["up"]) }
            : { done: false, seen: seen.stdout };
        },
      );
      expect(status.exitCode).toBe(0);
      const links = await site.inside("leaf2", "ip", "-d", "link");
      expect(links).not.toContain("02:69:6b:76");
      expect(((await site.json(["status"])) as Status).asPlanned).toBe(true);
    },
    UP_TIMEOUT_MS,
  );
});

describe("a clone whose routing configuration was changed by hand and kept", () => {
  it(
    "has statements that only vtysh can place, too",
    async () => {
      await site.inside("leaf2", "vtysh", "-c", "configure", "-c", "debug bgp keepalives");
      await site.ikvswitch(["save", "leaf2"]);
      await site.ikvswitch(["node", "stop", "leaf2"]);
      const { outcomes } = (await site.json(["up"])) as Status;
      expect(outcomes?.leaf2).toBe("cloned");
      const configuration = await site.inside("leaf2", "vtysh", "-c", "show running-config");
      expect(configuration).toContain("debug bgp keepalives\n");
      expect(configuration).not.toContain("(none)");
      expect(await site.inside("leaf2", "cat", REFUSED)).toBe(
        "it has statements that only vtysh can place\n",
      );
      await site.ikvswitch(["save", "--reset", "leaf2"]);
      await site.ikvswitch(["up"]);
    },
    UP_TIMEOUT_MS,
  );
});

/** Kill it when the first switch's machine runs. */
async function killUpWhileItClones(): Promise<void> {
  const up = site.start(["up"]);
  await pollUntil({ what: "the first clone", timeoutMs: 60_000, intervalMs: 20 }, async () => {
    const { stdout } = await site.host.shell(`cat /run/ikvswitch/nodes/${names[0]}/run/qemu.pid || true`);
    return stdout === "" ? { done: false, seen: "none yet" } : { done: true, value: undefined };
  });
  up.kill("SIGKILL");
  await up.output;
}

describe("a template", () => {
  it(
    "is made anew when it is damaged",
    async () => {
      const folder = await templateOf("internet");
      await site.ikvswitch(["down"]);
      await site.host.shell(`printf x | dd of=${folder}/memory bs=1 seek=70000000 conv=notrunc`);
      const again = await site.ikvswitch(["up"]);
      expect(again.stderr).toMatch(
        /the template of internet is damaged \(memory is not what was written: its checksum differs\)/,
      );
      expect(await templateOf("internet")).toBe(folder);
      await site.json(["status"]);
    },
    UP_TIMEOUT_MS,
  );

  it(
    "that no clone can be made of leads to a switch that boots, with a line that says why",
    async () => {
      const folder = pathFromOutside(site, await templateOf("spine1"));
      await site.host.run("sh", ["-c", "kill -KILL $(cat /run/ikvswitch/nodes/spine1/run/qemu.pid)"]);
      const host = localHost();
      const manifest = JSON.parse((await host.readFile(`${folder}/manifest.json`)) ?? "");
      const state = (await host.readBytes(`${folder}/state`)) ?? new Uint8Array();
      // A manifest that fits what no QEMU understands.
      await execa("dd", [`of=${folder}/state`, "bs=64k", "count=1", "conv=notrunc", "if=/dev/urandom"]);
      await writeManifest(host, folder, manifest);
      const second = await site.ikvswitch(["--json", "up"]);
      expect(second.stderr).toMatch(/spine1 could not be cloned and boots instead: /);
      expect((JSON.parse(second.stdout) as Status).outcomes?.spine1).toBe("started");
      await execa("dd", [`of=${folder}/state`, "conv=notrunc"], { input: state });
      await writeManifest(host, folder, manifest);
    },
    UP_TIMEOUT_MS,
  );

  it(
    "is not harmed, and nothing is left, when `up` is killed while it clones",
    async () => {
      await site.ikvswitch(["down"]);
      const clean = await captureState(site.host);
      await killUpWhileItClones();
      const { stderr, stdout } = await site.ikvswitch(["--json", "up"]);
      expect(stderr).not.toContain("damaged");
      const { outcomes, asPlanned } = JSON.parse(stdout) as Status;
      expect(outcomes?.[names[0] ?? ""]).toBe("cloned");
      expect(asPlanned).toBe(true);
      await site.ikvswitch(["down"]);
      await killUpWhileItClones();
      await site.ikvswitch(["down"]);
      expect(await captureState(site.host)).toEqual(clean);
      expect((await site.host.run("ls", ["-A", "/run"])).stdout).not.toContain("ikvswitch");
      await site.ikvswitch(["up"]);
    },
    UP_TIMEOUT_MS,
  );

  it(
    "is another for another machine, and can be removed alone",
    async () => {
      const others = (await templates()).map(({ key }) => key);
      const memory = ["--set", "SWITCH_MEMORY_MIB=192,internet=176"];
      const changed = (await site.json(["up", ...memory])) as Status;
      expect(changed.outcomes).toEqual({
        internet: "cloned",
        spine1: "kept",
        leaf1: "kept",
        leaf2: "kept",
      });
      const made = (await templates()).map(({ key }) => key).filter((key) => !others.includes(key));
      expect(made).toHaveLength(1);
      await site.ikvswitch(["image", "rm", ...made]);
      expect((await templates()).map(({ key }) => key)).not.toContain(made[0]);
    },
    UP_TIMEOUT_MS,
  );
});

describe("a fabric that boots", () => {
  it(
    "is as planned, too",
    async () => {
      await site.ikvswitch(["down"]);
      const cold = (await site.json(["up", "--cold"])) as Status;
      expect(cold.outcomes).toEqual(Object.fromEntries(names.map((name) => [name, "started"])));
      expect(cold.asPlanned).toBe(true);
      expect(await everywhere("vtysh", "-c", "show running-config")).toEqual(routing);
    },
    UP_TIMEOUT_MS,
  );
});
