import { expect, it } from "vitest";
import { shellLine } from "../../../../src/system/quote-for-shell.ts";
import { HOST_ADDRESS, OUTSIDE_ADDRESS, projectPath } from "../../../integration/namespace.ts";
import { startCapture } from "../../capture.ts";
import { STATE_DIR } from "../../fabric-site.ts";
import { SHOW_WORDS, SHOWN_WORDS } from "../../words.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";

/** Access to virtual machines, and traffic out of the fabric. */
export function accessTests(shared: SharedFabric): void {
  const { site, fabric } = shared;

  sharedSuite("a fabric of virtual machines", shared, () => {
    it("keeps all switches on a second `up`, which shows them and the commands to try next", async () => {
      const pids = await site().pids();
      const { stdout } = await site().ikvswitch(["up"]);
      expect(await site().pids()).toEqual(pids);
      for (const node of fabric.nodes) {
        expect(stdout).toContain(node.name);
        expect(stdout).toContain(String(node.loopback));
      }
      expect(stdout).toContain("ikvswitch ssh leaf1");
    });

    it("shows the outside no address but MY_IP", async () => {
      const requests = ["-c", "3", "icmp[icmptype] == icmp-echo"];
      const capture = await startCapture(site().outside, "down0", requests);
      await site().inside("leaf2", "ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", OUTSIDE_ADDRESS);
      const sources = [...(await capture.text).matchAll(/IP (\S+) > /g)].map((match) => match[1]);
      expect(sources).toEqual([HOST_ADDRESS, HOST_ADDRESS, HOST_ADDRESS]);
    });

    it("runs programs in a switch with their output, exit code and signal", async () => {
      const words = ["exec", "leaf1", "sh", "-c"];
      const failed = await site().ikvswitch([...words, "echo out; echo err >&2; exit 3"], [3]);
      expect(failed).toMatchObject({ exitCode: 3, stdout: "out\n" });
      expect(failed.stderr).toContain("err\n");
      await site().ikvswitch([...words, "kill -9 $$"], [137]);
      await site().ikvswitch(["exec", "leaf1", "no-such-program"], [127]);
      // A program of /usr/sbin.
      expect(await site().inside("leaf1", "kea-dhcp4", "-v")).toMatch(/^\d+\.\d+/);
    });

    it("passes standard input on to a program in a switch, and megabytes of its output as they come", async () => {
      const exec = shellLine([
        ...[projectPath("bin/ikvswitch"), "--config", projectPath("etc/ikvswitch.conf")],
        ...["--set", `STATE_DIR=${STATE_DIR}`, "exec", "leaf1"],
      ]);
      const { stdout } = await site().host.shell(`seq 60000 | ${exec} sh -c 'cat; seq 200000' | md5sum
        { seq 60000; seq 200000; } | md5sum`);
      const [inside, outside] = stdout.trim().split("\n");
      expect(inside).toBe(outside);
      const left = await site().inside("leaf1", "sh", "-c", "ls -d /run/ikvswitch-exec-*");
      // Its own folder.
      expect(left.trim().split("\n")).toHaveLength(1);
    });

    it.each(["exec", "ssh"])("passes arguments unchanged with `%s`", async (command) => {
      const { stdout } = await site().ikvswitch([command, "leaf1", ...SHOW_WORDS]);
      expect(stdout).toBe(SHOWN_WORDS);
    });

    it("runs several programs in one switch at once, each with its own output", async () => {
      const words = ["one", "two", "three", "four"];
      const outputs = await Promise.all(words.map((word) => site().inside("spine1", "echo", word)));
      expect(outputs.map((output) => output.trim())).toEqual(words);
    });

    it("runs commands and carries large files both ways unchanged with a switch's network down", async () => {
      await site().inside("leaf2", "ip", "link", "set", "ens4", "down");
      const silent = ["-n", "-c", "1", "-W", "1", loopbackOf(shared, "leaf2")];
      expect((await site().host.run("ping", silent, { exitCodes: [1] })).exitCode).toBe(1);
      await site().host.shell("head -c 1000001 /dev/urandom >/run/large");
      await site().ikvswitch(["cp", "/run/large", "leaf2:/root/large"]);
      await site().ikvswitch(["cp", "leaf2:/root/large", "/run/returned"]);
      await site().host.run("cmp", ["/run/large", "/run/returned"]);
      await site().host.run("rm", ["/run/large", "/run/returned"]);
      await site().inside("leaf2", "sh", "-c", "rm /root/large; ip link set ens4 up");
    });

    it("starts the guest agent again when it ends", async () => {
      const agent = async () => (await site().inside("spine1", "pidof", "qemu-ga")).trim();
      const before = await agent();
      const { stderr } = await site().ikvswitch(["exec", "spine1", "kill", "-9", before], [1]);
      expect(stderr).toContain("the VM restarted or powered off meanwhile");
      expect(await agent()).toMatch(/^\d+$/);
      expect(await agent()).not.toBe(before);
    });
  });
}

function loopbackOf({ fabric }: SharedFabric, name: string): string {
  return String(fabric.nodes.find((node) => node.name === name)?.loopback ?? "");
}
