import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CheckReport } from "../../../src/check/model/report.ts";
import type { Node } from "../../../src/fabric/types.ts";
import type { PositionReport } from "../../../src/ports/report.ts";
import { pollUntil } from "../../../src/system/poll.ts";
import { type Output, projectPath } from "../../integration/namespace.ts";
import { STATE_DIR } from "../fabric-site.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { SHOW_WORDS, SHOWN_WORDS } from "../words.ts";

// One fabric of namespaces: the arguments that a user passes to switches, and the text that switches and servers send
// back.

const UP_TIMEOUT_MS = 120_000;

let site: NetnsSite;

beforeAll(async () => {
  site = await createNetnsSite(["NUM_RACKS=1"]);
  await site.ikvswitch(["up"]);
}, UP_TIMEOUT_MS);

afterAll(() => site.close(), UP_TIMEOUT_MS);

describe("arguments for a switch", () => {
  it.each(["exec", "ssh"])("arrive unchanged with `%s`", async (command) => {
    const { stdout } = await site.ikvswitch([command, "leaf1", ...SHOW_WORDS]);
    expect(stdout).toBe(SHOWN_WORDS);
  });

  it("arrive unchanged as a program's name, too", async () => {
    for (const name of ["no such program", "A=b", "$HOME"]) {
      const { stderr } = await site.ikvswitch(["ssh", "leaf1", name, "x"], [127]);
      expect(stderr).toContain(name);
    }
  });

  it("are a shell command line if there is only one, as with ssh", async () => {
    expect((await site.ikvswitch(["ssh", "leaf1", "echo one | tr o 0; echo two"])).stdout).toBe("0ne\ntwo\n");
  });

  it("may be those of the help's example, which shows leaf1's BGP sessions", async () => {
    const { stdout } = await site.ikvswitch(["ssh", "leaf1", "vtysh", "-c", "show bgp summary"]);
    expect(stdout).toContain("IPv4 Unicast Summary");
  });

  it("may be file names with special characters", async () => {
    await site.host.shell("mkdir /run/odd; echo content >'/run/odd/a \"b\" $c'");
    const name = 'a "b" $c\nd';
    await site.ikvswitch(["cp", '/run/odd/a "b" $c', `leaf1:/root/${name}`]);
    expect(await site.inside("leaf1", "cat", `/root/${name}`)).toBe("content\n");
    await site.ikvswitch(["cp", `leaf1:/root/${name}`, "/run/odd/back"]);
    expect((await site.host.run("cat", ["/run/odd/back"])).stdout).toBe("content\n");
    await site.host.run("rm", ["-r", "/run/odd"]);
  });
});

describe("a user's own ssh settings", () => {
  /** Keys that no switch accepts: more than sshd allows a client to try. */
  const AGENT = `
    mount -t tmpfs tmpfs /root
    mkdir -m 0700 /root/.ssh
    for i in 1 2 3 4 5 6 7 8; do ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/key$i; done
    cp /root/.ssh/key1 /root/.ssh/id_ed25519
    setsid ssh-agent -D -a /run/agent.sock >/dev/null 2>&1 </dev/null &
    until SSH_AUTH_SOCK=/run/agent.sock ssh-add /root/.ssh/key? 2>/run/ssh-add; do sleep 0.1; done
    cat >/root/.ssh/config <<END
Host *
  Port 2222
  User nobody
  ProxyJump bastion.example
  RemoteCommand echo mine
  RequestTTY force
  HostKeyAlgorithms ssh-rsa
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  BatchMode yes
  ControlMaster auto
  ControlPath /root/.ssh/master-%C
  PermitLocalCommand yes
  LocalCommand touch /root/local
END
    chmod 0600 /root/.ssh/config`;

  const env = { SSH_AUTH_SOCK: "/run/agent.sock" };
  const ssh = (...words: readonly string[]): Promise<Output> => {
    const settings = ["--set", `STATE_DIR=${STATE_DIR}`, "--set", "BACKEND=netns", "--set", "NUM_RACKS=1"];
    const config = ["--config", projectPath("etc/ikvswitch.conf")];
    return site.host.run(projectPath("bin/ikvswitch"), [...config, ...settings, "ssh", "leaf1", ...words], {
      env,
    });
  };

  beforeAll(() => site.host.shell(AGENT));

  it("would prevent a login if they were used", async () => {
    const own = await site.host.run("ssh", ["-o", "ConnectTimeout=5", "192.168.98.4", "true"], {
      env,
      exitCodes: [255],
    });
    expect(own.stderr).not.toBe("");
    const key = ["-i", `${STATE_DIR}/ssh/id_ed25519`, "-o", "StrictHostKeyChecking=no"];
    const full = await site.host.run("ssh", ["-F", "none", ...key, "root@192.168.98.4", "true"], {
      env,
      exitCodes: [255],
    });
    expect(full.stderr).toContain("Too many authentication failures");
  });

  it("and the keys in an agent are not used", async () => {
    expect((await ssh("hostname")).stdout).toBe("leaf1\n");
    expect((await ssh("printf", "[%s]", "a b")).stdout).toBe("[a b]");
    await site.host.shell('test ! -e /root/local && test -z "$(ls /root/.ssh/master-* 2>/dev/null)"');
  });

  it("do not affect `cp`, which does not use ssh", async () => {
    await site.ikvswitch(["cp", "leaf1:/etc/hostname", "/run/copy"]);
    await site.host.run("rm", ["/run/copy"]);
  });
});

describe("text from neighbors and switches", () => {
  /** Sends leaf1's ens4 one LLDP frame with a lifetime of 18 hours. The sender's name is in octal. */
  const FRAME = `
    use Socket;
    open(my $f, '<', '/sys/class/net/iklt11/ifindex') or die;
    my $index = <$f>;
    socket(my $socket, 17, SOCK_RAW, 0) or die "socket: $!";
    sub tlv { my ($type, $value) = @_; return pack('n', $type << 9 | length $value) . $value }
    my $to = pack('H*', '0180c200000e');
    my $name = "a\\n\\"b\\\\\\t\\001c\\033[2Jd\\037e\\177f\\r\\b\\302\\2332Jg\\374\\\\";
    my $frame = $to . pack('H*', '0200000000aa88cc') . tlv(1, "\\x04\\x02\\0\\0\\0\\0\\xaa") . tlv(2, "\\x05\\033[31mport")
      . tlv(3, pack('n', 65535)) . tlv(5, $name) . tlv(0, '');
    send($socket, $frame, 0, pack('S n i S C C a8', 17, 0x88cc, $index, 0, 0, 6, $to)) or die "send: $!";`;

  const lldp = async () =>
    (await site.json(["check", "--only", "lldp", "leaf1"], [0, 4])) as unknown as CheckReport;

  it("does not hide other neighbors", async () => {
    await pollUntil({ what: "neighbors", timeoutMs: 60_000, intervalMs: 200 }, async () => {
      const { asPlanned, items } = await lldp();
      return asPlanned ? { done: true, value: undefined } : { done: false, seen: JSON.stringify(items) };
    });
    await site.host.run("perl", ["-e", FRAME]);
    const report = await pollUntil({ what: "the frame", timeoutMs: 30_000, intervalMs: 200 }, async () => {
      const seen = await lldp();
      return seen.asPlanned ? { done: false, seen: "as planned" } : { done: true, value: seen };
    });
    expect(report.items.map(({ subject, ok }) => [subject, ok])).toEqual([
      ["leaf1 ens4", false],
      ["leaf1 ens5", true],
    ]);
    expect(report.items[0]?.observed).toContain("spine1 ens5");
    expect(report.items[0]?.observed).toContain(
      'a\n"b\\\t\u0001c\u001b[2Jd\u001fe\u007ff\r\b\u009b2Jg\ufffd\\',
    );
    expect(report.items[0]?.observed).toContain("\u001b[31mport");
  });

  it("does not affect the terminal, in tables, errors, and output of programs", async () => {
    const acts = /[^\P{Cc}\n\t]/u;
    const table = await site.ikvswitch(["check", "--only", "lldp", "leaf1"], [4]);
    expect(table.stdout).toContain("\\u001b[31mport");
    expect(table.stdout).not.toMatch(acts);
    const wrong = await site.ikvswitch(["cp", "leaf1:/root/\x1b[2J", "/run/copy"], [1]);
    expect(wrong.stderr).toContain("\\u001b[2J");
    expect(wrong.stderr).not.toMatch(acts);
    // Unchanged to a file, and escaped to a terminal, which script(1) provides.
    expect(await site.inside("leaf1", "printf", "\x1b[2J")).toBe("\x1b[2J");
    const settings = `--set STATE_DIR=${STATE_DIR} --set BACKEND=netns --config ${projectPath("etc/ikvswitch.conf")}`;
    const command = `${projectPath("bin/ikvswitch")} ${settings} exec leaf1 printf '\\033[2J'`;
    const shown = await site.host.run("script", ["-qec", command, "/dev/null"]);
    expect(shown.stdout).toBe("\\u001b[2J");
  });

  it("is passed on whole, whatever its length", async () => {
    const long = await site.ikvswitch(["exec", "leaf1", "head", "-c", "20000000", "/dev/zero"]);
    expect(long.stdout.length).toBe(20_000_000);
  });
});

describe("files of the host", () => {
  it("get the switches' names with `hosts --install`, once, and are as before with `--remove`", async () => {
    const { host } = site;
    await host.shell(`cp -a /etc /run/etc && mount --bind /run/etc /etc
      printf '127.0.0.1 localhost\\n# \\351' >/etc/hosts; chmod 664 /etc/hosts; cp -p /etc/hosts /run/hosts`);
    const mode = () => host.run("stat", ["-c", "%a %u %g", "/etc/hosts"]);
    const before = (await mode()).stdout;
    await site.ikvswitch(["hosts", "--install"]);
    expect((await site.ikvswitch(["hosts", "--install"])).stdout).toContain("as before");
    expect((await host.run("getent", ["ahosts", "leaf2"])).stdout).toContain("192.168.98.5");
    expect((await host.run("grep", ["-c", "leaf2", "/etc/hosts"])).stdout).toBe("2\n");
    expect((await mode()).stdout).toBe(before);
    await site.ikvswitch(["hosts", "--remove"]);
    await host.run("cmp", ["/etc/hosts", "/run/hosts"]);
    expect((await mode()).stdout).toBe(before);
    // A container's file is a mount, which can't be replaced.
    await host.shell("mount --bind /run/hosts /etc/hosts");
    expect((await site.ikvswitch(["hosts", "--install"], [1])).stderr).toContain("a mount of its own");
    await host.shell("umount /etc/hosts; umount /etc; rm -r /run/etc /run/hosts");
  });

  it("make plain ssh work with `ssh-config --install`, until `--remove`", async () => {
    const { host } = site;
    await host.shell(
      "mount -t tmpfs tmpfs /root; mkdir -m 700 /root/.ssh; echo 'Host other' >/root/.ssh/config",
    );
    await site.ikvswitch(["ssh-config", "--install"]);
    await site.ikvswitch(["ssh-config", "--install"]);
    const command = ["leaf2", "vtysh", "-c", "'show version'"];
    expect((await host.run("ssh", command)).stdout).toContain("FRRouting");
    await site.ikvswitch(["ssh-config", "--remove"]);
    expect((await host.run("cat", ["/root/.ssh/config"])).stdout).toBe("Host other\n");
    expect((await host.run("ls", ["/root/.ssh"])).stdout).toBe("config\n");
    await host.shell("umount /root");
  });
});

describe("a namespace that `plug` makes a server", () => {
  /** The leaf at the first NIC's other end, and the largest packet for it. */
  let leaf: { readonly address: string; readonly size: string };
  const inside = (...words: readonly string[]) =>
    site.host.run("ip", ["netns", "exec", "server1-3", ...words]);

  beforeAll(async () => {
    const { stdout } = await site.ikvswitch(["plug", "1", "3", "--format", "netns"]);
    await site.host.shell(`set -e\n${stdout}`);
    const { vlans } = (await site.json(["status"])) as { readonly vlans: boolean };
    const { ports } = (await site.json(["plan", "leaf1"])) as Node;
    const port = ports.find(({ name }) => name === "ens6");
    // A kernel without VLANs has no DHCP network: BGP takes its place on the port.
    leaf = vlans
      ? { address: "192.168.110.1", size: "8972" }
      : { address: `${port?.linkLocal}%eth0`, size: "8952" };
    await inside("ip", "address", "add", "192.168.110.20/24", "dev", "eth0");
  });

  afterAll(() => site.host.run("ip", ["netns", "del", "server1-3"]));

  it("reaches its leaf by the first NIC, with full-sized frames", async () => {
    await inside("ping", "-n", "-w", "10", "-c", "1", "-M", "do", "-s", leaf.size, leaf.address);
  });

  it("has the suggested MACs", async () => {
    const { stdout } = await inside("cat", "/sys/class/net/eth0/address", "/sys/class/net/eth1/address");
    expect(stdout).toBe("02:69:01:00:03:01\n02:69:01:00:03:02\n");
  });

  it("is shown by `ports`, with the MAC that its leaf has seen", async () => {
    const { positions } = (await site.json(["ports"])) as {
      readonly positions: readonly PositionReport[];
    };
    const occupied = positions.filter(({ state }) => state === "occupied");
    expect(occupied.map(({ rack, position }) => [rack, position])).toEqual([[1, 3]]);
    expect(occupied[0]?.nics.map(({ by, carrier, unknown }) => ({ by, carrier, unknown }))).toEqual([
      { by: ["plug1-3-1"], carrier: true, unknown: null },
      { by: ["plug1-3-2"], carrier: true, unknown: null },
    ]);
    expect(occupied[0]?.nics[0]?.macs).toContain("02:69:01:00:03:01");
    const { stdout } = await site.ikvswitch(["ports"]);
    expect(stdout).toMatch(
      /^ +1 {2}U3 +occupied {2}ikvm1-3-1 – leaf1 ens6 +yes +plug1-3-1 +02:69:01:00:03:01/m,
    );
    expect(stdout).toMatch(/^ +1 {2}U4 +free$/m);
  });

  it("is counted by `hosts ls`, which shows this host", async () => {
    expect(await site.json(["hosts", "ls"])).toMatchObject({
      differences: [],
      members: [
        {
          ...{ name: null, state: "online", racks: [1], servers: [{ rack: 1, position: 3 }] },
          ...{ running: expect.arrayContaining(["internet", "leaf2"]), reserved: { memoryMiB: 0 } },
          room: { processors: expect.any(Number), memoryMiB: expect.any(Number) },
        },
      ],
    });
    expect((await site.ikvswitch(["hosts", "ls"])).stdout).toMatch(/^this host +online /m);
  });

  it("is left alone by `up` and no difference for `check`", async () => {
    await site.ikvswitch(["up"]);
    await inside("ping", "-n", "-w", "10", "-c", "1", leaf.address);
    // The frame above is still known to leaf1's lldpd.
    await site.ikvswitch(["check", "--wait", "60s", "--only", "host,link,bgp,loopback"]);
  });
});
