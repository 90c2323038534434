import { beforeAll, expect, it } from "vitest";
import { STATE_DIR } from "../../fabric-site.ts";
import type { Senders } from "../frames.ts";
import { expectPorts } from "../planned-ports.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";
import { listWarmBases, warmBaseOf } from "../warm-bases.ts";

/** File in a clone with the statements that its daemons refused. */
const REFUSED = "/run/ikvswitch/load-frr.log";

const CLOCK_TOLERANCE_S = 2;

/** Queries for each switch, in one script: starting a program costs an emulated processor more than all of these. */
const QUESTIONS = {
  name: "hostname",
  machineId: "cat /etc/machine-id",
  bootId: "cat /proc/sys/kernel/random/boot_id",
  hostKey: "sha256sum </etc/ssh/ssh_host_ed25519_key",
  random: "head -c 32 /dev/urandom | sha256sum",
  time: "date +%s",
  routing: "vtysh -c 'show running-config'",
  refused: `if [ -e ${REFUSED} ]; then cat ${REFUSED}; fi`,
  kernelLog: "dmesg",
  ports: "ip -j link",
  vlanTimes: "cat /sys/module/garp/parameters/*_time /sys/module/mrp/parameters/*_time",
} as const;

type Portrait = Readonly<Record<keyof typeof QUESTIONS, string>> & {
  /** Times before the query and after the answer, in seconds. */
  readonly begin: number;
  readonly end: number;
};

export interface UpReport {
  readonly outcomes?: Readonly<Record<string, string>>;
  readonly asPlanned: boolean;
}

/**
 * Tests of virtual machines right after their first `up`, which cloned them.
 * @param up the report of that `up`
 * @param senders the senders of frames, from before the start until all was as planned
 */
export function cloneTests(shared: SharedFabric, up: () => UpReport, senders: () => Senders): void {
  const { site, fabric } = shared;
  const names = fabric.nodes.map(({ name }) => name);

  sharedSuite("a fabric of clones", shared, () => {
    let portraits: readonly Portrait[];

    beforeAll(async () => {
      portraits = await Promise.all(names.map((name) => portray(shared, name)));
    });

    it("is as planned, and every switch of it was cloned", () => {
      expect(up().outcomes).toEqual(Object.fromEntries(names.map((name) => [name, "cloned"])));
      expect(up().asPlanned).toBe(true);
    });

    it("shares a warm base between equal switches, and lists all warm bases", async () => {
      const used = await Promise.all(names.map((name) => warmBaseOf(site(), name)));
      expect(used[names.indexOf("leaf1")]).toBe(used[names.indexOf("leaf2")]);
      expect(new Set(used).size).toBe(3);
      const known = (await listWarmBases(site())).map(({ folder }) => folder);
      expect(known).toEqual(expect.arrayContaining([...new Set(used)]));
      expect((await site().ikvswitch(["image", "ls"])).stdout).toContain(used[0]?.split("/").at(-1));
    });

    it("has warm bases that only root may write to", async () => {
      const folders = (await listWarmBases(site())).map(({ folder }) => folder);
      const words = [...folders, "(", "!", "-user", "root", "-o", "-perm", "/022", ")"];
      expect((await site().host.run("find", words)).stdout).toBe("");
    });

    it("gives each switch its own name, machine ID, boot ID, host key, randomness and time", () => {
      expect(portraits.map(({ name }) => name.trim())).toEqual(names);
      for (const own of ["machineId", "bootId", "hostKey", "random"] as const) {
        expect(new Set(portraits.map((portrait) => portrait[own])).size, own).toBe(names.length);
      }
      for (const { time, begin, end } of portraits) {
        expect(Number(time)).toBeGreaterThan(begin - CLOCK_TOLERANCE_S);
        expect(Number(time)).toBeLessThan(end + CLOCK_TOLERANCE_S);
      }
    });

    it("has loaded the configuration into the running FRR daemons, without vtysh", () => {
      for (const [index, { routing, refused }] of portraits.entries()) {
        expect(routing).toContain(`hostname ${names[index]}\n`);
        expect(routing).toContain(" neighbor FABRIC bfd profile FABRIC\n");
        expect(refused).toBe("");
      }
    });

    it("has reseeded the random number generator in each switch's kernel", () => {
      for (const { kernelLog } of portraits) {
        expect(kernelLog).toContain("crng reseeded due to virtual machine fork");
      }
    });

    it("has every port under its planned name, MAC and MTU", () => {
      for (const [index, node] of fabric.nodes.entries()) {
        expectPorts(node, portraits[index]?.ports ?? "");
      }
    });

    it("has GARP and MRP timers of an hour instead of ten announcements per second on each port", () => {
      expect(portraits[names.indexOf("leaf1")]?.vlanTimes).toBe("3600000\n".repeat(3));
    });

    it("lets its user in by ssh, with the host's key checked, by name and by address", async () => {
      expect((await site().ikvswitch(["ssh", "leaf1", "hostname"])).stdout).toBe("leaf1\n");
      const options = [
        ...["-i", `${STATE_DIR}/ssh/id_ed25519`, "-o", `UserKnownHostsFile=${STATE_DIR}/ssh/known_hosts`],
        ...["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes"],
      ];
      const address = fabric.nodes.find(({ name }) => name === "leaf2")?.loopback;
      const plain = await site().host.run("ssh", [...options, `root@${address}`, "hostname"]);
      expect(plain.stdout).toBe("leaf2\n");
    });

    it("has sent frames only from the switches' own MACs since before the start", () => {
      for (const { name, ports } of fabric.nodes) {
        // Bridges have the MAC of their first port, and flood frames from their other ports.
        const own = new Set(ports.map(({ mac }) => String(mac)));
        for (const { tap, mac, peer } of ports) {
          const seen = senders().get(tap) ?? [];
          expect(
            seen.filter((source) => !own.has(source)),
            `${name}, ${tap}`,
          ).toEqual([]);
          if (peer.kind === "node") {
            expect(seen).toEqual([String(mac)]);
          }
        }
      }
    });
  });
}

async function portray({ site }: SharedFabric, name: string): Promise<Portrait> {
  const script = Object.values(QUESTIONS).map((question) => `${question}; printf '\\001'`);
  const begin = Date.now() / 1000;
  const answers = (await site().inside(name, "sh", "-c", script.join("\n"))).split("\u0001");
  const end = Date.now() / 1000;
  const entries = Object.keys(QUESTIONS).map((topic, index) => [topic, answers[index] ?? ""]);
  return { ...(Object.fromEntries(entries) as Record<keyof typeof QUESTIONS, string>), begin, end };
}
