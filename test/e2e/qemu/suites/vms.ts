import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../../../src/system/poll.ts";
import type { VmReport } from "../../../../src/vms/observe.ts";
import { patiently } from "../../../patience.ts";
import { mountCgroups, unmountCgroups } from "../../cgroups.ts";
import { STATE_DIR } from "../../fabric-site.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";

const BOOT_TIMEOUT_MS = 3 * 60_000;
/** Of BGP sessions with servers. */
const HOLD_TIME_MS = 9_000;
const BFD = ["--set", "SERVER_BFD=yes"];

/** Tests of the VMs that `ikvswitch vm` makes. */
export function vmTests(shared: SharedFabric): void {
  const { site } = shared;
  const ikvswitch = (words: readonly string[], exitCodes?: readonly number[]) =>
    site().ikvswitch(["vm", ...words], exitCodes);

  const listed = async (name: string) => {
    const { vms } = (await site().json(["vm", "ls"])) as { readonly vms: readonly VmReport[] };
    return vms.find((vm) => vm.name === name);
  };

  const until = (what: string, name: string, test: (vm: VmReport) => boolean) =>
    pollUntil({ what, timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 1_000 }, async () => {
      const vm = await listed(name);
      return vm !== undefined && test(vm)
        ? { done: true, value: vm }
        : { done: false, seen: JSON.stringify(vm) };
    });

  const serverTests = () => {
    let controllers: readonly string[];

    beforeAll(async () => {
      controllers = await mountCgroups(site().host);
      await ikvswitch(["create", "-t", "server", "--start"]);
    }, BOOT_TIMEOUT_MS);

    afterAll(async () => {
      await ikvswitch(["rm", "--force", "server1"]);
      await unmountCgroups(site().host);
    });

    it("speaks BGP with both leaves, leases an address, and is reached by the address that it announces", async () => {
      const vm = await until("two sessions and a lease", "server1", ({ sessions, leased }) => {
        return sessions.length === 2 && leased !== null;
      });
      expect(vm).toMatchObject({
        ...{ rack: 1, position: 3, state: "running", profile: "server", asn: 4_210_001_003 },
        sessions: ["leaf1", "leaf2"],
        leased: expect.stringMatching(/^192\.168\.110\.\d+$/),
      });
      const address = `${vm.announced}`;
      const checked = await site().ikvswitch(["check", "--only", "server", "--wait", "60s", "--verbose"]);
      expect(checked.stdout).toContain(`host → server1 ${address}`);
      // The address is reached before the second leaf has announced it.
      await pollUntil(
        { what: "both leaves' routes", timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 500 },
        async () => {
          const routes = await site().inside("spine1", "ip", "route", "show", address);
          return routes.match(/nexthop/g)?.length === 2
            ? { done: true, value: undefined }
            : { done: false, seen: routes };
        },
      );
      // It announces its address before its sshd listens.
      await pollUntil({ what: "sshd", timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 1_000 }, async () => {
        const { exitCode, stdout, stderr } = await ikvswitch(["ssh", "server1", "hostname"], [0, 255]);
        return exitCode === 0
          ? { done: true, value: expect(stdout).toBe("server1\n") }
          : { done: false, seen: stderr };
      });
      // The leaf may still have a lease of an earlier machine with this MAC.
      await pollUntil(
        { what: "the leased address", timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 1_000 },
        async () => {
          const { stdout } = await ikvswitch(["exec", "server1", "ip", "-br", "address"]);
          const leased = (await listed("server1"))?.leased;
          return stdout.includes(`${leased}/24`)
            ? { done: true, value: undefined }
            : { done: false, seen: `${leased} ${stdout}` };
        },
      );
    });

    it("is in a cgroup of its own, whose limits `vm info` shows", async () => {
      const limit = (controller: string, value: number) => (controllers.includes(controller) ? value : null);
      expect(await site().json(["vm", "info", "server1"])).toMatchObject({
        limits: {
          memoryMiB: limit("memory", 256 + 384 + 32),
          vcpus: limit("cpu", 1),
          tasks: limit("pids", 101),
        },
      });
      const { stdout } = await site().host.shell(
        `cat "/proc/$(cut -d' ' -f1 /run/ikvswitch/vms/server1/process)/cgroup"`,
      );
      // Version 2 is the line without a controller's name.
      const joined = stdout.split("\n").filter((line) => /:\/ikvswitch\/\d+-vms\/server1$/.test(line));
      expect(joined.length, stdout).toBeGreaterThan(0);
      for (const controller of controllers) {
        expect(joined.some((line) => line.includes("::/") || line.includes(`:${controller}:`))).toBe(true);
      }
      expect(await site().json(["status"], [0, 4])).toMatchObject({
        vms: [{ name: "server1", rack: 1, position: 3, profile: "server", state: "running" }],
        host: { vms: { running: ["server1"], vcpus: 1, memoryMiB: 256, diskMiB: 0 } },
      });
    });

    it("keeps its position and its name to itself", async () => {
      const again = await ikvswitch(["create", "-t", "empty", "--rack", "1", "--u", "3"], [2]);
      expect(again.stderr).toContain("rack 1 U3 is occupied; 'ikvswitch ports' shows by whom");
      expect((await ikvswitch(["create", "-t", "tiny", "server1"], [2])).stderr).toContain(
        "a VM server1 exists",
      );
      expect((await ikvswitch(["rm", "server1"], [2])).stderr).toContain("running: server1; stop them first");
    });

    it("is off when its QEMU is killed, and starts again with its address", async () => {
      const before = await listed("server1");
      await site().ikvswitch([...BFD, "up"]);
      await site().host.shell(`kill -KILL "$(cut -d' ' -f1 "/run/ikvswitch/vms/server1/process")"`);
      await until("the end of server1", "server1", ({ state }) => state === "off");
      await site().ikvswitch([...BFD, "vm", "start", "server1"]);
      expect(await listed("server1")).toMatchObject({ state: "running", announced: before?.announced });
      expect((await ikvswitch(["start", "server1"])).stdout).toBe("server1: already running.\n");
      await until("both sessions", "server1", ({ sessions }) => sessions.length === 2);
    });

    it("notices a frozen leaf by BFD, long before the hold time of its BGP session is over", async () => {
      const ask = async (question: string) =>
        JSON.parse((await ikvswitch(["exec", "server1", "vtysh", "-c", `${question} json`])).stdout);
      await pollUntil(
        { what: "BFD with both leaves", timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 500 },
        async () => {
          const peers = (await ask("show bfd peers")) as readonly { readonly status: string }[];
          return peers.filter(({ status }) => status === "up").length === 2
            ? { done: true, value: undefined }
            : { done: false, seen: JSON.stringify(peers) };
        },
      );
      await site().ikvswitch(["node", "freeze", "leaf2"]);
      const frozen = performance.now();
      const session = await pollUntil(
        { what: "the end of the session with leaf2", timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 200 },
        async () => {
          const value = (await ask("show bgp neighbors eth1.10"))["eth1.10"];
          return value.bgpState === "Established"
            ? { done: false, seen: value.bgpState }
            : { done: true, value };
        },
      );
      expect(session.lastNotificationReason).toBe("Cease/BFD Down");
      expect(performance.now() - frozen).toBeLessThan(patiently(HOLD_TIME_MS));
      await site().ikvswitch(["node", "thaw", "leaf2"]);
      await site().ikvswitch(["up"]);
    });

    it("shuts down, and leaves its console's output but no cgroup", async () => {
      expect((await ikvswitch(["stop", "server1"])).stdout).toBe("server1: stopped.\n");
      expect((await ikvswitch(["logs", "server1"])).stdout).toContain("ikvswitch: server1 ready");
      const groups = await site().host.run("find", ["/sys/fs/cgroup", "-path", "*-vms*"]);
      expect(groups.stdout).toBe("");
    });
  };

  const damageTests = () =>
    it("whose record is damaged is shown as such, and deleted by `vm rm`", async () => {
      await ikvswitch(["create", "-t", "empty", "broken", "--u", "5"]);
      await site().host.shell(`echo '{"version":1' >${STATE_DIR}/vms/broken/vm.json`);
      expect(await listed("broken")).toMatchObject({ state: "damaged", rack: null, position: null });
      expect((await ikvswitch(["start", "broken"], [2])).stderr).toContain(
        "'ikvswitch vm rm broken' deletes the VM",
      );
      expect((await site().ikvswitch(["status"])).stdout).toContain("VMs in the racks: 1 damaged");
      expect((await ikvswitch(["rm", "broken"])).stdout).toBe("broken: deleted.\n");
      expect(await listed("broken")).toBeUndefined();
    });

  sharedSuite("VMs made from profiles", shared, () => {
    describe("a server", () => serverTests());
    describe("a VM", () => damageTests());
  });
}
