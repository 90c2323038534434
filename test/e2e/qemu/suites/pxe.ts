import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { serverBmc } from "../../../../src/fabric/server-bmc.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import { bootDisk } from "../../boot-media.ts";
import { BMC_PASSWORD, STATE_DIR } from "../../fabric-site.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";

const SCRIPT = "http://192.168.100.2/boot.ipxe";
/** curl's exit codes: success, no connection, HTTP error, timeout. */
const CURL_FAILURES = [0, 7, 22, 28];
const FOLDER = "/run/test-pxe";
/** From power on to its report: firmware and iPXE on an emulated processor. */
const BOOT_TIMEOUT_MS = 5 * 60_000;
const TIMEOUT_MS = 3 * BOOT_TIMEOUT_MS;

/**
 * A machine of a position, whose disk has a system, is told by its BMC to boot from the network: it gets a lease from
 * its leaf, loads iPXE's script from the network boot server across the fabric, and reports to it.
 */
export function pxeTests(
  shared: SharedFabric,
  {
    rack,
    position,
    firmwares,
  }: {
    readonly rack: number;
    readonly position: number;
    /** As iPXE names them. */
    readonly firmwares: readonly ("pcbios" | "efi")[];
  },
): void {
  const { site } = shared;
  const vm = (...words: readonly string[]) =>
    site().ikvswitch(["--set", `VM_PROFILES=${FOLDER}/profiles.ini`, "vm", ...words]);
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  const mac = `02:69:${hex(rack)}:00:${hex(position)}:01`;
  const bmc = `${serverBmc(shared.fabric, rack, position)?.address.address}`;

  const reports = async (platform: string) => {
    const { stdout } = await vm("exec", "pxe-server1", "cat", "/var/log/boot-server.log");
    const line = new RegExp(
      `^report: .*mac=${mac.replaceAll(":", "-")}&address=192\\.168\\.\\d+\\.\\d+&platform=${platform}&`,
      "gm",
    );
    return stdout.match(line)?.length ?? 0;
  };

  const untilReports = (platform: string, count: number) =>
    pollUntil(
      { what: `report ${count} of ${platform}`, timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 1_000 },
      async () => {
        const seen = await reports(platform);
        return seen >= count ? { done: true, value: undefined } : { done: false, seen: `${seen} reports` };
      },
    );

  const ipmitool = (...words: readonly string[]) =>
    site().host.run("ipmitool", ["-I", "lanplus", "-H", bmc, "-U", "admin", "-P", BMC_PASSWORD, ...words]);

  const redfish = (method: string, path: string, body: unknown) =>
    site().host.run("curl", [
      ...["-sS", "--fail-with-body", "--cacert", `${STATE_DIR}/bmc/metal1/certificate.pem`],
      ...["-u", `admin:${BMC_PASSWORD}`, "-X", method, "--json", JSON.stringify(body)],
      `https://${bmc}/redfish/v1/Systems/metal1${path}`,
    ]);

  const setBoot = (boot: Readonly<Record<string, string>>) => redfish("PATCH", "", { Boot: boot });

  const bootTests = () => {
    beforeAll(async () => {
      const disk = `/tmp/ikvswitch-pxe-${process.pid}`;
      await writeFile(disk, bootDisk("D"));
      await site().host.shell(`
        mkdir -m 755 ${FOLDER}
        mv ${disk} ${FOLDER}/disk.img
        chmod 644 ${FOLDER}/disk.img
        printf '[metal]\\nmemory = 256\\ndisk1 = ${FOLDER}/disk.img\\n' >${FOLDER}/profiles.ini`);
      await vm("create", "-t", "pxe-server", "--rack", "1", "--u", "3", "--start");
      await vm("create", "-t", "metal", "metal1", "--rack", String(rack), "--u", String(position));
      // Firmware that finds no server goes on to the disk.
      await pollUntil({ what: "the boot server", timeoutMs: BOOT_TIMEOUT_MS, intervalMs: 500 }, async () => {
        const { exitCode, stderr } = await site().host.run("curl", ["-sSf", "-m", "5", SCRIPT], {
          exitCodes: CURL_FAILURES,
        });
        return exitCode === 0 ? { done: true, value: undefined } : { done: false, seen: stderr };
      });
    }, TIMEOUT_MS);

    afterAll(async () => {
      await vm("rm", "--force", "metal1", "pxe-server1");
      await site().host.shell(`rm -r ${FOLDER}`);
    }, TIMEOUT_MS);

    it.each(firmwares)(
      "works with %s, once it is told so over IPMI, and then over Redfish",
      async (platform) => {
        await setBoot({ BootSourceOverrideMode: platform === "efi" ? "UEFI" : "Legacy" });
        await ipmitool("chassis", "bootdev", "pxe");
        await ipmitool("chassis", "power", "on");
        await untilReports(platform, 1);
        await setBoot({ BootSourceOverrideTarget: "Pxe", BootSourceOverrideEnabled: "Once" });
        await redfish("POST", "/Actions/ComputerSystem.Reset", { ResetType: "ForceRestart" });
        await untilReports(platform, 2);
        await ipmitool("chassis", "power", "off");
      },
      TIMEOUT_MS,
    );
  };

  // In a group of its own, which cleans up before the suite's last test.
  sharedSuite("booting from the network", shared, () => describe("a machine with a disk", bootTests));
}
