import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDeb } from "./deb.ts";
import { type DebianRoot, freshRoot, RELEASES } from "./debian-root.ts";

/*
 * The Debian package in fresh roots:
 *
 *   fresh root ──install──▶ up, check, reboot's commands, down ──remove──▶ state is left ──purge──▶ as it was
 */

let deb = "";

beforeAll(async () => {
  deb = await buildDeb();
});

it("has no finding of lintian", async () => {
  const { all, exitCode } = await execa("lintian", ["--fail-on", "error,warning", "--allow-root", deb], {
    all: true,
    reject: false,
  });
  expect(all).toBe("");
  expect(exitCode).toBe(0);
});

it("is the same, byte for byte, if it is built again", async () => {
  const again = await buildDeb();
  const { stdout } = await execa("cmp", [deb, again], { reject: false });
  expect(stdout).toBe("");
});

describe.each(RELEASES)("in a fresh root of Debian %s", (release) => {
  let root: DebianRoot;
  let before: readonly string[] = [];

  beforeAll(async () => {
    root = await freshRoot(release);
    before = await filesOf(root);
    await execa("cp", [deb, `${root.folder}/root/ikvswitch.deb`]);
    await root.install(
      "apt-get update -qq; apt-get install -qq -y /root/ikvswitch.deb; rm /root/ikvswitch.deb",
    );
  });
  afterAll(() => root.remove());

  it("installs programs, user, service and pages", async () => {
    const said = await root.run(`
      ikvswitch --version
      getent passwd ikvswitch | cut -d: -f6,7
      dpkg-query -W -f '\${Conffiles}\\n' ikvswitch | sed 's/ [0-9a-f]*$//'
      ls /usr/lib/systemd/system/ikvswitch.service /usr/share/man/man1/ikvswitch-up.1.gz /usr/share/man/man5/ikvswitch.conf.5.gz
      find /etc/systemd -name 'ikvswitch*'
      grep -o '[^ ]*docs/warm-start.md' /etc/ikvswitch/ikvswitch.conf
      ls /usr/share/doc/ikvswitch/docs/warm-start.md`);
    expect(said.split("\n")).toEqual([
      "2.0.0",
      "/nonexistent:/usr/sbin/nologin",
      " /etc/ikvswitch/ikvswitch.conf",
      " /etc/lldpd.d/ikvswitch.conf",
      "/usr/lib/systemd/system/ikvswitch.service",
      "/usr/share/man/man1/ikvswitch-up.1.gz",
      "/usr/share/man/man5/ikvswitch.conf.5.gz",
      "/usr/share/doc/ikvswitch/docs/warm-start.md",
      "/usr/share/doc/ikvswitch/docs/warm-start.md",
    ]);
  });

  it("names Debian's commands for what is missing, and no script of a clone", async () => {
    const said = await root.run(
      "mv /usr/sbin/lldpd /root/; ikvswitch up --backend netns || mv /root/lldpd /usr/sbin/",
    );
    expect(said).toContain("fix: apt install --no-install-recommends lldpd");
    expect(said).not.toContain("scripts/setup");
  });

  it("brings a fabric up that is as planned, and again as it was with the host, until `down`", async () => {
    const said = await root.run(`
      ikvswitch at-boot start
      ikvswitch up --backend netns
      ikvswitch check --wait 120s
      ikvswitch exec leaf1 vtysh -c 'configure terminal' -c 'router bgp' -c 'bgp graceful-shutdown'
      ikvswitch save leaf1
      ikvswitch at-boot stop
      test -z "$(ip -o link show group 26987; ls /run/ikvswitch 2>/dev/null)"
      echo '== stopped'
      ikvswitch at-boot start
      ikvswitch check --only node,link,bgp --wait 120s
      ikvswitch exec leaf1 vtysh -c 'show running-config' | grep graceful-shutdown
      ikvswitch down
      echo '== down'
      ikvswitch at-boot start`);
    const [first = "", second = "", third = ""] = said.split(/^== .*$/m);
    expect(first).toContain("No fabric was up when this host went down.");
    expect(first).toMatch(/The fabric is as planned: \d{3} checks/);
    expect(second).toContain("9 loopbacks answer");
    expect(second).toContain("The fabric is as planned");
    expect(second).toContain(" bgp graceful-shutdown");
    expect(third.trim()).toBe("No fabric was up when this host went down.");
  });

  it("leaves state and configuration when it is removed, and nothing when it is purged", async () => {
    const left = await root.run(`
      DEBIAN_FRONTEND=noninteractive apt-get remove -qq -y ikvswitch >/dev/null
      ls /var/lib/ikvswitch /etc/ikvswitch; getent passwd ikvswitch >/dev/null`);
    expect(left.split("\n")).toEqual(expect.arrayContaining(["identity", "overrides", "ikvswitch.conf"]));
    await root.run("apt-get purge -qq -y ikvswitch >/dev/null");
    const ours = (await filesOf(root)).filter((path) => !before.includes(path) && /ikvswitch/.test(path));
    expect(ours).toEqual([]);
    expect(
      await root.run(
        "getent passwd ikvswitch || getent group ikvswitch || grep -r --exclude='*-' ikvswitch /etc || :",
      ),
    ).toBe("");
  });
});

describe("the upgrade of a package of the original's name", () => {
  it.each(["unchanged", "changed", "removed"])(
    "keeps its configuration, byte for byte, which is %s",
    async (state) => {
      const root = await freshRoot("bookworm");
      try {
        await execa("cp", [deb, `${root.folder}/root/ikvswitch.deb`]);
        const said = await root.install(`
        mkdir -p /root/old/DEBIAN /root/old/etc/ikvswitch
        printf 'Package: ikvswitch\\nVersion: 1.0.4\\nArchitecture: all\\nMaintainer: o <o@localhost>\\nDescription: o\\n' >/root/old/DEBIAN/control
        echo /etc/ikvswitch/ikvswitch.conf >/root/old/DEBIAN/conffiles
        echo 'NUM_U=23' >/root/old/etc/ikvswitch/ikvswitch.conf
        dpkg-deb --build /root/old /root/old.deb >/dev/null
        dpkg -i /root/old.deb >/dev/null
        [ ${state} != changed ] || echo '# mine' >>/etc/ikvswitch/ikvswitch.conf
        [ ${state} != removed ] || dpkg --remove ikvswitch >/dev/null
        cp /etc/ikvswitch/ikvswitch.conf /root/conf
        apt-get update -qq
        apt-get install -qq -y --no-install-recommends /root/ikvswitch.deb </dev/null >/dev/null
        cmp /root/conf /etc/ikvswitch/ikvswitch.conf
        ls /etc/ikvswitch
        ikvswitch config show | grep '^NUM_U '`);
        expect(said).toMatch(/^ikvswitch\.conf\nNUM_U +23 /m);
      } finally {
        await root.remove();
      }
    },
  );
});

/** Returns the root's files, except those of package managers and caches. */
async function filesOf({ folder }: DebianRoot): Promise<readonly string[]> {
  const { stdout } = await execa("find", [folder, "-xdev", "-printf", "/%P\\n"]);
  return stdout
    .split("\n")
    .filter((path) => !/^\/(var\/(cache|log|lib\/(apt|dpkg))|proc|sys|dev|run|tmp)(\/|$)/.test(path))
    .toSorted();
}
