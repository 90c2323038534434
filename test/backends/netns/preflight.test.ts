import { expect, it } from "vitest";
import { checkNetnsHost } from "../../../src/backends/netns/preflight.ts";
import { PreflightError } from "../../../src/errors.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { shippedConfig } from "../../fabric/config.ts";

it("the preflight reports all missing programs, one line per package", async () => {
  const host = {
    ...localHost(),
    run: async () => ({ exitCode: 0, stdout: "", stderr: "" }),
    stat: async (path: string) =>
      /frr|sshd/.test(path) ? undefined : { sizeBytes: 1, modifiedMs: 0, isFolder: false, gid: 0 },
  };
  const error = await checkNetnsHost(host, planFabric(shippedConfig())).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PreflightError);
  const { missing } = error as PreflightError;
  expect(missing.map(({ what }) => what)).toEqual([
    "missing programs: /usr/lib/frr/zebra, /usr/lib/frr/bgpd, /usr/lib/frr/bfdd, /usr/lib/frr/staticd",
    "missing program: /usr/lib/frr/frr-reload.py",
    "missing program: /usr/sbin/sshd",
  ]);
  expect(missing[0]?.why).toBe("provides routing in switches");
  expect(missing[0]?.fix).toMatch(/ frr$/);
});
