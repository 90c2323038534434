import { ensureContainerImage } from "../../../src/backends/incus/image/build.ts";
import { settingsOf } from "../../../src/config/settings.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import { localHost } from "../../../src/system/local-host.ts";
import { configFrom } from "../../fabric/config.ts";
import { projectPath } from "../../integration/namespace.ts";
import { createFabricSite, type FabricSite, STATE_DIR } from "../fabric-site.ts";
import { shippedConfig } from "../shipped-config.ts";
import { startCluster, type TestCluster } from "./cluster.ts";

/**
 * The shipped fabric on three members of a cluster of Incus; with IKVSWITCH_TEST_ENGINE=lxd, of LXD:
 *
 *   m1: internet spine1 leaf1 leaf2      m2: spine2 leaf3 leaf4      m3: leaf5 leaf6
 */
export interface MemberSite {
  readonly site: FabricSite;
  readonly cluster: TestCluster;
  readonly fabric: Fabric;
  /** HOSTS of the configuration. */
  readonly hosts: string;
  /** The engine's own command on members. */
  readonly client: string;
  close(): Promise<void>;
}

const HOSTS = "m1=198.18.0.11,m2=198.18.0.12,m3=198.18.0.13";
const KEY = `${STATE_DIR}/ssh/id_ed25519`;
const ENGINE = process.env.IKVSWITCH_TEST_ENGINE === "lxd" ? "lxd" : "incus";

export async function createMemberSite(): Promise<MemberSite> {
  // Outside of the site's network, since it needs the Debian mirror.
  await ensureContainerImage(localHost(), {
    stateDir: STATE_DIR,
    image: settingsOf(configFrom()).image,
    guest: projectPath("guest"),
    note: () => {},
  });
  const site = await createFabricSite(["BACKEND=incus", `HOSTS=${HOSTS}`, "INCUS_PROJECT=fabric"]);
  await site.host.shell(`mkdir -p ${STATE_DIR}/ssh && ssh-keygen -q -t ed25519 -N '' -C ikvswitch -f ${KEY}`);
  const cluster = await startCluster(site.host, ENGINE, KEY);
  return {
    site,
    cluster,
    fabric: planFabric(shippedConfig([`HOSTS=${HOSTS}`])),
    hosts: HOSTS,
    client: { incus: "incus", lxd: "lxc" }[ENGINE],
    close: async () => {
      try {
        // Its `down` needs the members.
        await site.close();
      } finally {
        await cluster.close();
      }
    },
  };
}

/** Returns an outcome of all switches, or of those that aren't named. */
export function all(outcome: string, others: Readonly<Record<string, string>> = {}) {
  const names = ["internet", "spine1", "spine2", ...[1, 2, 3, 4, 5, 6].map((number) => `leaf${number}`)];
  return { ...Object.fromEntries(names.map((name) => [name, outcome])), ...others };
}
