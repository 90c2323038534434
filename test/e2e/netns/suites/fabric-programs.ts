import { expect, it } from "vitest";
import { pollUntil } from "../../../../src/system/poll.ts";
import { shellLine } from "../../../../src/system/quote-for-shell.ts";
import { projectPath, type Started } from "../../../integration/namespace.ts";
import { STATE_DIR } from "../../fabric-site.ts";
import type { NetnsSite } from "../../netns-site.ts";
import { untilConverged } from "../fabric-status.ts";

/** The beginning of a shell's command lines. */
const EXEC = shellLine([
  ...[projectPath("bin/ikvswitch"), "--config", projectPath("etc/ikvswitch.conf")],
  ...["--set", `STATE_DIR=${STATE_DIR}`, "--set", "BACKEND=netns", "exec"],
]);

/** Tests of programs and files inside switches that are namespaces. */
export function programTests(site: () => NetnsSite): void {
  it("runs programs with their output, exit code and signal, and none of the caller's environment", async () => {
    const words = ["exec", "leaf1", "sh", "-c"];
    const failed = await site().ikvswitch([...words, "echo out; echo err >&2; exit 3"], [3]);
    expect(failed).toMatchObject({ exitCode: 3, stdout: "out\n" });
    expect(failed.stderr).toContain("err\n");
    await site().ikvswitch([...words, "kill -9 $$"], [137]);
    await site().ikvswitch(["exec", "leaf1", "no-such-program"], [127]);
    const names = (await site().inside("leaf1", "env")).split("\n").map((line) => line.split("=")[0]);
    expect(names.filter((name) => /NODE|npm|VITEST/i.test(name ?? ""))).toEqual([]);
  });

  it("passes standard input on, and output as it comes", async () => {
    const { host } = site();
    const sent = await host.shell(`seq 200000 | ${EXEC} leaf1 md5sum; seq 200000 | md5sum`);
    const [inside, outside] = sent.stdout.trim().split("\n");
    expect(inside).toBe(outside);
    // The program waits for an answer to what it has written.
    const answer = `{ read -r line; echo "got $line"; rm /run/pipe; } </run/pipe`;
    const dialog = `mkfifo /run/pipe; ${EXEC} leaf1 sh -c 'echo first; read x' </run/answer >/run/pipe`;
    await host.shell(`mkfifo /run/answer; (${dialog}) & until [ -p /run/pipe ]; do :; done
      exec 5>/run/answer; ${answer} >/run/said; echo >&5; wait; rm /run/answer`);
    expect((await host.run("cat", ["/run/said"])).stdout).toBe("got first\n");
    await host.run("rm", ["/run/said"]);
  });

  it("gives a program a terminal with `-it`, and none without", async () => {
    const { host } = site();
    const command = `stty rows 33 cols 77; ${EXEC} -it leaf1 sh -c 'stty size; tty; exit 5'`;
    const shown = await host.run("script", ["-qec", command, "/dev/null"], { exitCodes: [5] });
    expect(shown.stdout).toContain("33 77\r\n/dev/pts/");
    expect((await site().ikvswitch(["exec", "leaf1", "tty"], [1])).stdout).toBe("not a tty\n");
    expect((await site().ikvswitch(["exec", "-t", "leaf1", "true"], [2])).stderr).toContain(
      "needs a terminal",
    );
  });

  it("runs a program in several switches, whose lines begin with their names", async () => {
    const failing = "echo out; echo err >&2; case $(hostname) in leaf*) exit 7 ;; esac";
    const { stdout, stderr } = await site().ikvswitch(["exec", "leaf2,spine1", "sh", "-c", failing], [7]);
    const sorted = (text: string) => text.trimEnd().split("\n").sort();
    expect(sorted(stdout)).toEqual(["leaf2  | out", "spine1 | out"]);
    expect(sorted(stderr)).toEqual(["leaf2  | err", "spine1 | err"]);
    const all = await site().ikvswitch(["exec", "--all", "--", "hostname"]);
    const names = Object.keys(await site().pids()).sort();
    expect(sorted(all.stdout).map((line) => line.replace(/ *\| .*/, ""))).toEqual(names);
    const leaves = await site().ikvswitch(["exec", "--role", "leaf", "hostname"]);
    expect(sorted(leaves.stdout)).toEqual(
      names.filter((name) => name.startsWith("leaf")).map((name) => `${name} | ${name}`),
    );
    expect((await site().ikvswitch(["exec", "--all", "--role", "leaf", "true"], [2])).stderr).toContain(
      "exclude each other",
    );
  });

  it("ends programs whose output nobody reads any more", async () => {
    expect((await site().host.shell(`${EXEC} leaf1 yes | head -n 2`)).stdout).toBe("y\ny\n");
    await site().ikvswitch(["exec", "leaf1", "pgrep", "-x", "yes"], [1]);
  });

  it("leaves a program that the command has put into the background", async () => {
    await site().inside("leaf1", "sh", "-c", "sleep 86403 </dev/null >/dev/null 2>&1 &");
    const pid = await site().inside("leaf1", "pgrep", "-x", "-f", "sleep 86403");
    await site().inside("leaf1", "kill", pid.trim());
  });

  it("passes none of the caller's open files to programs", async () => {
    const script = 'exec 20</etc/passwd 300</etc/passwd; exec "$@"';
    const command = [projectPath("bin/ikvswitch"), "--config", projectPath("etc/ikvswitch.conf")];
    const list = ["exec", "leaf1", "sh", "-c", "ls /proc/$$/fd"];
    const { stdout } = await site().host.run("bash", ["-c", script, "bash", ...command, ...list]);
    expect(stdout).toBe("0\n1\n2\n");
  });

  it.each(["SIGINT", "SIGKILL"] as const)(
    "ends programs that `exec` runs on %s, except daemons",
    async (signal) => {
      const running = async (words: string) =>
        (await site().ikvswitch(["exec", "leaf1", "pgrep", "-x", "-f", words], [0, 1])).stdout.trim();
      const daemon = "setsid sleep 86401 >/dev/null 2>&1 &";
      const started = site().start(["exec", "leaf1", "sh", "-c", `${daemon} sleep 86402 | cat`]);
      await pollUntil({ what: "both programs", timeoutMs: 30_000, intervalMs: 100 }, async () => {
        const pids = [await running("sleep 86401"), await running("sleep 86402")];
        return pids.includes("") ? { done: false, seen: `${pids}` } : { done: true, value: undefined };
      });
      started.kill(signal);
      await started.output;
      await pollUntil({ what: "the end of the program", timeoutMs: 30_000, intervalMs: 100 }, async () => {
        const pid = await running("sleep 86402");
        return pid === "" ? { done: true, value: undefined } : { done: false, seen: pid };
      });
      await site().inside("leaf1", "kill", await running("sleep 86401"));
    },
  );

  it("copies files both ways unchanged, with the switch's network down", async () => {
    await site().host.shell("head -c 1000001 /dev/urandom >/run/large");
    await site().inside("leaf2", "sh", "-c", "ip link set ens4 down; ip link set ens5 down");
    await site().ikvswitch(["cp", "/run/large", "leaf2:/root/large"]);
    await site().ikvswitch(["cp", "leaf2:/root/large", "/run/returned"]);
    await site().host.run("cmp", ["/run/large", "/run/returned"]);
    await site().host.run("rm", ["/run/large", "/run/returned"]);
    // Copies into a folder work as with cp.
    await site().host.run("mkdir", ["/run/copies"]);
    await site().ikvswitch(["cp", "leaf2:/etc/hostname", "/run/copies"]);
    await site().ikvswitch(["cp", "/run/copies/hostname", "leaf2:/root/"]);
    expect(await site().inside("leaf2", "cat", "/root/hostname")).toBe("leaf2\n");
    expect((await site().ikvswitch(["cp", "/run/copies", "leaf2:/root/"], [2])).stderr).toContain(
      "is a directory",
    );
    await site().host.run("rm", ["-r", "/run/copies"]);
    await site().inside("leaf2", "sh", "-c", "ip link set ens4 up; ip link set ens5 up");
    await untilConverged(site());
  });

  it("hides the host's files and processes from root in a switch, and denies changes to the host's kernel", async () => {
    const script = [
      "ls /home /srv /boot /etc/ssl /var/lib/ikvswitch",
      "cat /run/frr/zserv.api",
      "mknod /tmp/disk b 1 1",
      "echo 1 >/proc/sys/kernel/printk",
      "hostname -F /etc/hostname && echo allowed",
      "touch /usr/bin/mine",
      "mount -o remount,rw /usr",
    ].map((line) => `${line}; echo "$?"`);
    const { stdout } = await site().ikvswitch([
      "exec",
      "leaf1",
      "sh",
      "-c",
      `{ ${script.join("; ")}; } 2>/dev/null`,
    ]);
    const answers = stdout.split("\n").filter((line) => /^\d+$/.test(line));
    expect(answers.map((code) => code === "0")).toEqual([false, false, false, false, true, false, false]);
    expect(stdout).not.toContain("not a switch's");
    expect((await site().inside("leaf1", "ps", "-e", "-o", "pid")).split("\n").length).toBeLessThan(25);
    // Root in a switch has an unprivileged user ID on the host.
    const pid = (await site().pids()).leaf1;
    const owner = await site().host.run("stat", ["-c", "%u", `/proc/${pid}`]);
    expect(Number(owner.stdout)).toBeGreaterThan(1_000_000_000);
  });

  it("shows the log of a switch's programs, also as JSON", async () => {
    const said = expect.stringMatching(/bgpd/);
    expect((await site().ikvswitch(["logs", "leaf1"])).stdout).toEqual(said);
    expect(await site().json(["logs", "leaf1"])).toMatchObject({ node: "leaf1", log: said });
  });

  it("follows a log with `-f`, and repeats `status` with --watch, until Ctrl-C, which is no failure", async () => {
    const log = site().start(["logs", "-f", "leaf1"]);
    const logSays = listenTo(log);
    await logSays(/bgpd/);
    await site().inside("leaf1", "sh", "-c", "echo a line that was added >/proc/1/fd/1");
    await logSays(/a line that was added\n/);
    const status = site().start(["status", "--watch", "--interval", "100ms"]);
    await listenTo(status)(/leaf1 .*leaf1 /s);
    for (const started of [log, status]) {
      started.kill("SIGINT");
      expect(await started.output).toMatchObject({ exitCode: 0, stderr: "" });
    }
    expect((await log.output).stdout.match(/a line that was added/g)).toHaveLength(1);
  });
}

/** Returns a function that waits until a program has written something, or has ended. */
function listenTo(program: Started): (text: RegExp) => Promise<void> {
  let said = "";
  let wake = () => {};
  program.watch((piece) => {
    said += piece;
    wake();
  });
  return async (text) => {
    const found = new Promise<void>((resolve) => {
      wake = () => text.test(said) && resolve();
      wake();
    });
    await Promise.race([found, program.output]);
    expect(said).toMatch(text);
  };
}
