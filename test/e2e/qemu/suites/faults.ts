import { expect, it } from "vitest";
import { pollUntil } from "../../../../src/system/poll.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";

//   spine1 ens5 ── iksb12 ── leaf1 ens4

const TIMEOUT_MS = 120_000;

/** Injected faults of links and switches, on virtual machines with NICs of their own. */
export function faultTests(shared: SharedFabric): void {
  const { site, fabric } = shared;
  const leaf2 = fabric.nodes.find(({ name }) => name === "leaf2")?.loopback ?? "";

  sharedSuite("an injected fault", shared, () => {
    const carrier = async (node: string, port: string) =>
      (await site().inside(node, "cat", `/sys/class/net/${port}/carrier`)).trim();

    const carriers = () => Promise.all([carrier("leaf1", "ens4"), carrier("spine1", "ens5")]);

    const untilCarriers = (wanted: string) =>
      pollUntil({ what: `carriers ${wanted}`, timeoutMs: TIMEOUT_MS, intervalMs: 500 }, async () => {
        const seen = (await carriers()).join(" ");
        return seen === wanted ? { done: true, value: undefined } : { done: false, seen };
      });

    const untilAnswering = (answers: boolean) =>
      pollUntil(
        { what: `leaf2 ${answers ? "answering" : "silent"}`, timeoutMs: TIMEOUT_MS, intervalMs: 500 },
        async () => {
          const { exitCode, stdout } = await site().host.run("ping", ["-c1", "-W2", String(leaf2)], {
            exitCodes: [0, 1],
          });
          return (exitCode === 0) === answers
            ? { done: true, value: undefined }
            : { done: false, seen: stdout };
        },
      );

    it("removes carrier in both switches, until the link is up again", async () => {
      await site().ikvswitch(["link", "down", "spine1", "leaf1"]);
      await untilCarriers("0 0");
      expect((await site().ikvswitch(["status"], [4])).stdout).toContain("leaf1 ens4 is down (injected)");
      await site().ikvswitch(["link", "up", "spine1", "leaf1"]);
      await untilCarriers("1 1");
    });

    it("is cleared by `up`, also if the host's end of the link is up already", async () => {
      await site().ikvswitch(["link", "down", "spine1", "leaf1"]);
      await untilCarriers("0 0");
      await site().ikvswitch(["net", "start"]);
      expect(await carriers()).toEqual(["0", "0"]);
      await site().ikvswitch(["up"]);
      expect(await carriers()).toEqual(["1", "1"]);
    });

    it("pauses a frozen switch, which resumes with its state when it is thawed", async () => {
      const uptime = async () => Number((await site().inside("leaf2", "cat", "/proc/uptime")).split(" ")[0]);
      const before = await uptime();
      await site().ikvswitch(["node", "freeze", "leaf2"]);
      await untilAnswering(false);
      expect((await site().ikvswitch(["status"], [4])).stdout).toMatch(/leaf2 .* frozen/);
      await site().ikvswitch(["node", "thaw", "leaf2"]);
      await untilAnswering(true);
      expect(await uptime()).toBeGreaterThan(before);
    });
  });
}
