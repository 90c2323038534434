import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../../src/system/poll.ts";
import { type Namespace, projectPath, type Started } from "../../integration/namespace.ts";
import { mountCgroups, unmountCgroups } from "../cgroups.ts";
import { STATE_DIR } from "../fabric-site.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";

// One small fabric, brought up from a terminal, with cgroups if this machine has them. Root in leaf1 is the attacker.

const UP_TIMEOUT_MS = 120_000;
const TASKS = 150;
const SETS = ["NUM_RACKS=1", "NUM_U=3", "SWITCH_MEMORY_MIB=192", `SWITCH_MAX_PROCESSES=${TASKS}`];
const NODES = "/run/ikvswitch/nodes";

/** Waits until a shell's condition is true. */
async function until(host: Namespace, condition: string): Promise<void> {
  await pollUntil({ what: condition, timeoutMs: UP_TIMEOUT_MS, intervalMs: 100 }, async () =>
    (await host.run("sh", ["-c", condition], { exitCodes: [0, 1] })).exitCode === 0
      ? { done: true, value: undefined }
      : { done: false, seen: "not yet" },
  );
}

/** Perl: forks as many processes as possible, prints their number, and kills them. */
const FORK =
  "my @p; while (@p < 3000) { my $p = fork; defined $p or last; $p or sleep 60; push @p, $p; } print scalar @p; kill KILL => @p";

/** Exhausts leaf1's processes and memory. @throws if another switch is affected */
async function expectBounded(site: NetnsSite): Promise<void> {
  const pids = await site.pids();
  const forked = Number(await site.inside("leaf1", "perl", "-e", FORK));
  expect(forked).toBeGreaterThan(TASKS / 2);
  expect(forked).toBeLessThan(TASKS);
  const hog = await site.ikvswitch(
    ["exec", "leaf1", "perl", "-e", 'my $x = "x" x (600 << 20); print length $x'],
    [1, 12, 137, 255],
  );
  expect(hog.stdout).toBe("");
  expect(await site.pids()).toEqual(pids);
}

describe("a fabric of namespaces, started from a terminal", () => {
  let site: NetnsSite;
  let terminal: Started;

  beforeAll(async () => {
    site = await createNetnsSite(SETS);
    await mountCgroups(site.host);
    const settings = [`STATE_DIR=${STATE_DIR}`, "VM_ROOT_PASS=rack-n-roll", "BACKEND=netns", ...SETS];
    const words = [projectPath("bin/ikvswitch"), "--config", projectPath("etc/ikvswitch.conf")];
    const ikvswitch = [...words, ...settings.map((set) => `--set ${set}`)].join(" ");
    const script = `
      exec 20</etc/passwd
      ${ikvswitch} up >/run/up 2>&1
      ${ikvswitch} exec leaf1 sh -c 'echo -n $$; exec </dev/tty' >/run/exec 2>&1
      echo $? >/run/exec-ended; exec sleep infinity`;
    await site.host.shell(`printf '%s' "$SCRIPT" >/run/script`, { env: { SCRIPT: script } });
    terminal = site.host.start("script", ["-q", "-e", "-c", "bash /run/script", "/dev/null"], {
      env: { TEST_SECRET: "do-not-tell" },
    });
    await until(site.host, "[ -s /run/exec-ended ]");
  }, 2 * UP_TIMEOUT_MS);

  afterAll(async () => {
    terminal.kill("SIGKILL");
    await site.close();
  }, UP_TIMEOUT_MS);

  it("has neither the terminal nor the open files nor the environment of the caller of `up`", async () => {
    expect(Object.keys(await site.pids()), (await site.host.run("cat", ["/run/up"])).stdout).toHaveLength(5);
    // From /proc, for every process in every switch: the terminal is field 7 of stat (proc(5)).
    const script = `
      my %ours = map { (readlink("/proc/$_/ns/pid"), 1) } @ARGV;
      for my $process (grep { $ours{ readlink("$_/ns/pid") // "" } } glob "/proc/[0-9]*") {
        local $/;
        open my $stat, "<", "$process/stat" or next;
        open my $environ, "<", "$process/environ" or next;
        $found++;
        (split / /, readline($stat) =~ s/.*\\) //sr)[4] and print "$process has a terminal\n";
        readline($environ) =~ /do-not-tell/ and print "$process has our environment\n";
        m{passwd|/dev/pts|ptmx} and print "$process has $_\n" for map { readlink } glob "$process/fd/*";
      }
      print $found`;
    const { stdout } = await site.host.run("perl", [
      "-e",
      script,
      ...Object.values(await site.pids()).map(String),
    ]);
    expect(Number(stdout)).toBeGreaterThan(5 * 5);
    // A program that `exec` runs from a terminal can't open it either.
    expect((await site.host.run("cat", ["/run/exec-ended"])).stdout).not.toBe("0\n");
    expect((await site.host.run("cat", ["/run/exec"])).stdout).toContain("/dev/tty");
  });

  it("has few capabilities and no way to get more, in daemons and in programs that `exec` runs", async () => {
    const script =
      "for p in 1 $(pgrep -o sshd) $(pgrep -o zebra) $$; do grep -h -e CapBnd -e NoNew -e Seccomp: /proc/$p/status; done";
    const kept = "CapBnd:\t00000000002434fb\nNoNewPrivs:\t1\nSeccomp:\t2\n";
    expect(await site.inside("leaf1", "sh", "-c", script)).toBe(kept.repeat(4));
    const attempts = [
      "mount -t tmpfs x /mnt",
      "umount /proc/keys",
      "unshare --user true",
      "unshare --net true",
      "nsenter --target 1 --mount true",
      "echo 1 >/proc/sys/kernel/panic",
      "grep . /proc/keys",
      "ls -d /sys/kernel/*",
      // TIOCSTI; an AF_ALG socket
      `perl -e 'exit !defined ioctl STDIN, 0x5412, my $c = "x"' </dev/ptmx`,
      `perl -e 'exit !socket my $s, 38, 5, 0'`,
    ];
    const tried = `{ ${attempts.map((attempt) => `${attempt}; echo "= $?"`).join("; ")}; } 2>/dev/null`;
    const answers = (await site.inside("leaf1", "sh", "-c", tried))
      .split("\n")
      .filter((line) => line.startsWith("= "));
    expect(answers).toHaveLength(attempts.length);
    expect(answers.filter((line) => line === "= 0")).toEqual([]);
    await site.inside("leaf1", "sysctl", "-w", "net.ipv4.conf.all.log_martians=0");
  });

  it("limits processes and memory per switch", () => expectBounded(site));

  it("can only fill the file system of its own logs, which the next command trims", async () => {
    const freeKiB = async () =>
      Number((await site.host.run("df", ["--output=avail", "/run"])).stdout.trim().split("\n")[1]);
    const before = await freeKiB();
    const append = "head -c 200M /dev/zero | tr '\\0' x >>/proc/1/fd/1";
    for (const fill of [append, "head -c 200M /dev/zero >/dev/console", "truncate -s 1T /dev/console"]) {
      const { stderr } = await site.ikvswitch(["exec", "leaf1", "sh", "-c", fill], [0, 1]);
      expect(stderr).toContain(fill.startsWith("head") ? "No space left on device" : "");
      expect(await freeKiB(), fill).toBeGreaterThan(before - 4096);
      // Other switches are not affected.
      expect((await site.ikvswitch(["node", "restart", "leaf2"])).stdout).toBe("leaf2: started.\n");
      expect((await site.ikvswitch(["logs", "leaf1"])).stdout.length).toBeLessThan(3 << 20);
      const used = await site.host.run("du", ["--block-size=1", "-s", "/run/ikvswitch/logs"]);
      expect(Number.parseInt(used.stdout, 10), fill).toBeLessThan(4 << 20);
    }
    await site.ikvswitch(["up"]);
    expect((await site.ikvswitch(["logs", "leaf2"])).stdout).toContain("leaf2 ready");
  });

  it("ends with `down` even if a switch renames its process, and other users' processes do not", async () => {
    const pids = await site.pids();
    const network = (await site.host.run("stat", ["-Lc", "%i", "/proc/self/ns/net"])).stdout.trim();
    // Another user's processes, named like ikvswitch's.
    const asOther = (...words: readonly string[]) =>
      site.host.start("setpriv", [
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "sh",
        "-c",
        "while :; do sleep 1; done",
        ...words,
      ]);
    const others = [
      asOther("ikvswitch-sandbox", network, `${NODES}/leaf1`),
      asOther("ikvswitch-sandbox", network, `${NODES}/leaf9`),
      asOther("qemu", "-pidfile", `${NODES}/leaf2/run/qemu.pid`),
      asOther("ipmi_sim", "-c", "/run/ikvswitch/bmc/nodes/leaf1/lan.conf"),
      asOther("proxy", "/run/ikvswitch/bmc/attendant/attendant.json"),
    ];
    // Root in a switch can overwrite the arguments of its first process (fields 48 and 49 of its stat).
    const rename = `
      my $pid = shift; open my $stat, "<", "/proc/$pid/stat" or die; my @f = split / /, readline($stat) =~ s/.*\\) //sr;
      open my $mem, "+<", "/proc/$pid/mem" or die; sysseek $mem, $f[45], 0; syswrite $mem, "x" x ($f[46] - $f[45]) or die`;
    await site.host.run("perl", ["-e", rename, `${pids.leaf1}`]);
    expect((await site.host.run("cat", [`/proc/${pids.leaf1}/cmdline`])).stdout).toMatch(/^x+/);
    expect(await site.pids()).toEqual(pids);
    await site.ikvswitch(["up"]);
    expect(await site.pids()).toEqual(pids);
    await site.ikvswitch(["down"]);
    const alive = await site.host.run(
      "sh",
      [
        "-c",
        `ls -d ${Object.values(pids)
          .map((pid) => `/proc/${pid}`)
          .join(" ")} 2>/dev/null`,
      ],
      { exitCodes: [2] },
    );
    expect(alive.stdout).toBe("");
    expect((await site.host.run("find", ["/sys/fs/cgroup", "-path", `*ikvswitch/${network}*`])).stdout).toBe(
      "",
    );
    for (const other of others) {
      // The process still runs until this signal.
      other.kill("SIGTERM");
      expect((await other.output).exitCode).toBe(-1);
    }
  });

  it("is limited without cgroups, too", async () => {
    await site.ikvswitch(["down"]);
    await unmountCgroups(site.host);
    await site.ikvswitch(["up"]);
    await expectBounded(site);
  });

  it("refuses `up` and a restart if RUN_DIR or STATE_DIR is full or read-only, but not `status` and `down`", async () => {
    const pids = await site.pids();
    const refused = async (words: readonly string[], problem: RegExp) => {
      expect((await site.ikvswitch(words, [3])).stderr).toMatch(problem);
      expect(await site.pids()).toEqual(pids);
    };
    await site.host.shell("mount -o remount,size=$(($(df --output=used /run | tail -n 1) + 8))k /run");
    const full = /\/run\/ikvswitch \(on tmpfs, mounted on \/run\) is full: 0 MiB free, [14] MiB needed\n/;
    await refused(["up"], full);
    await refused(["node", "restart", "leaf1"], full);
    await site.host.shell("dd if=/dev/zero of=/run/full 2>/dev/null || true");
    await refused(["up"], full);
    await site.host.shell(`rm /run/full; mount -o remount,size=50% /run; mount -o remount,ro ${STATE_DIR}`);
    await refused(
      ["up"],
      /cannot write to .*ikvswitch-test \(on tmpfs, mounted on .*\): EROFS: read-only file system\n/,
    );
    await site.host.shell("mount -o remount,ro /run");
    await refused(
      ["up"],
      /cannot write to \/run\/ikvswitch \(on tmpfs, .*\): EROFS: read-only file system\n/,
    );
    const { stderr: left } = await site.ikvswitch(["down"]);
    expect(left).toContain("cannot remove files such as /run/ikvswitch/");
    expect(left).toContain(`Cannot remove ${STATE_DIR}/host-before.json from a read-only file system`);
    expect(await site.pids()).toEqual({});
    expect((await site.host.run("sh", ["-c", "ls -d /sys/class/net/ik*"], { exitCodes: [2] })).stdout).toBe(
      "",
    );
    await site.host.shell(`mount -o remount,rw ${STATE_DIR}; mount -o remount,rw /run`);
    await site.ikvswitch(["up"]);
    await site.host.shell("mount -o remount,rw,size=$(($(df --output=used /run | tail -n 1) + 8))k /run");
    await site.host.shell("dd if=/dev/zero of=/run/full 2>/dev/null || true");
    await site.ikvswitch(["down"]);
    expect(await site.leftovers()).toBe("");
    await site.host.shell(`mount -o remount,size=50% /run; rm /run/full`);
  });
});
