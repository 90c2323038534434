import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localHost } from "../../src/system/local-host.ts";

const host = localHost();
const PROGRAM = new URL("../../guest/common/split-frr.awk", import.meta.url).pathname;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-split-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Returns each daemon's part of a configuration, or undefined if the splitter gives up. */
async function split(conf: string, mgmtd = true): Promise<Record<string, string> | undefined> {
  const file = join(folder, "frr.conf");
  const out = join(folder, "out");
  await host.makeDirectory(out);
  await writeFile(file, conf);
  const { exitCode } = await host.run(
    { file: "awk", args: ["-v", `dir=${out}`, "-v", `mgmtd=${mgmtd ? 1 : ""}`, "-f", PROGRAM, file] },
    { okExitCodes: [3] },
  );
  const files: Record<string, string> = {};
  for (const name of await readdir(out)) {
    files[name.replace(".conf", "")] = await readFile(join(out, name), "utf8");
  }
  if (exitCode === 3) {
    expect(files).toEqual({});
    return undefined;
  }
  return files;
}

const CONF = `frr version 10.3
frr defaults datacenter
hostname leaf1
!
ip prefix-list LO seq 5 permit 192.168.98.0/24 ge 32
!
route-map LO permit 10
 match ip address prefix-list LO
exit
!
interface ens4
 ipv6 nd ra-interval 2
exit
!
ip route 192.168.96.0/19 blackhole
router bgp 65503
 neighbor ens4 interface remote-as external
 !
 address-family ipv4 unicast
  redistribute connected route-map LO
 exit-address-family
exit
!
bfd
 profile fabric
 exit
exit
`;

describe("splitting frr.conf for the daemons", () => {
  it("gives each daemon its statements, and mgmtd those of zebra and staticd", async () => {
    const head = "frr defaults datacenter\nhostname leaf1\n";
    const filters =
      "ip prefix-list LO seq 5 permit 192.168.98.0/24 ge 32\nroute-map LO permit 10\n match ip address prefix-list LO\nexit\n";
    expect(await split(CONF)).toEqual({
      zebra: head,
      mgmtd: `${head}${filters}interface ens4\n ipv6 nd ra-interval 2\nexit\nip route 192.168.96.0/19 blackhole\n`,
      bgpd: `${head}${filters}router bgp 65503\n neighbor ens4 interface remote-as external\n address-family ipv4 unicast\n  redistribute connected route-map LO\n exit-address-family\nexit\n`,
      bfdd: `${head}bfd\n profile fabric\n exit\nexit\n`,
    });
  });

  it("gives zebra and staticd their own statements if FRR has no mgmtd yet", async () => {
    const files = await split(CONF, false);
    expect(Object.keys(files ?? {}).sort()).toEqual(["bfdd", "bgpd", "staticd", "zebra"]);
    expect(files?.zebra).toContain("interface ens4\n ipv6 nd ra-interval 2\nexit\n");
    expect(files?.staticd).toContain("ip route 192.168.96.0/19 blackhole\n");
  });

  it.each([
    ["a protocol of another daemon", "router ospf\n network 10.0.0.0/8 area 0\n"],
    ["another protocol's line on an interface", "interface ens4\n ip ospf cost 5\nexit\n"],
    ["an unknown statement", "pbr-map A seq 1\n"],
  ])("gives up at %s, writing nothing", async (_, statement) => {
    expect(await split(CONF + statement)).toBeUndefined();
  });
});
