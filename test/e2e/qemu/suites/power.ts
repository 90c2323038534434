import { expect, it } from "vitest";
import { pollUntil } from "../../../../src/system/poll.ts";
import { BMC_PASSWORD } from "../../fabric-site.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";

const TIMEOUT_MS = 5 * 60_000;

/** Tests of a virtual machine's VNC console and BMC. */
export function powerTests(shared: SharedFabric): void {
  const { site, fabric } = shared;
  const leaf2 = fabric.nodes.find(({ name }) => name === "leaf2");
  const bmc = String(leaf2?.bmc.address.address ?? "");

  const ipmi = (...words: string[]) =>
    site().host.run("ipmitool", ["-I", "lanplus", "-H", bmc, "-U", "admin", "-P", BMC_PASSWORD, ...words]);

  sharedSuite("a virtual machine's VNC console and BMC", shared, () => {
    it("require the password for the VNC console", async () => {
      const talk = `exec 3<>/dev/tcp/127.0.0.1/${leaf2?.machine.vncPort}; printf 'RFB 003.008\\n' >&3; head -c 14 <&3 | xxd -p`;
      const securityTypes = await site().host.run("timeout", ["5", "bash", "-c", talk]);
      // RFB 003.008, then one security type: 2, VNC authentication (RFC 6143, section 7.2.2). 1 would be none.
      expect(securityTypes.stdout.replaceAll("\n", "")).toMatch(/^524642203030332e3030380a0102/);
      expect(BMC_PASSWORD.length).toBeGreaterThan(0);
    });

    it("power-cycle it by IPMI, and it comes up again", async () => {
      expect((await ipmi("chassis", "power", "status")).stdout).toContain("is on");
      await ipmi("chassis", "power", "cycle");
      await pollUntil(
        { what: "leaf2 after its power cycle", timeoutMs: TIMEOUT_MS, intervalMs: 500 },
        async () => {
          const { exitCode, stdout } = await site().host.run(
            "ping",
            ["-n", "-c", "1", "-W", "1", String(leaf2?.loopback ?? "")],
            { exitCodes: [0, 1] },
          );
          return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stdout };
        },
      );
      expect((await ipmi("chassis", "power", "status")).stdout).toContain("is on");
      expect(Number((await site().inside("leaf2", "cat", "/proc/uptime")).split(" ")[0])).toBeLessThan(
        TIMEOUT_MS / 1000,
      );
      await site().ikvswitch(["up"]);
    });
  });
}
