import type { Host } from "../../system/host.ts";
import { describeProbe, probe, succeeds } from "../../system/probe.ts";
import { type Finding, found, missing, type Requirement, untold } from "./finding.ts";

const ROOT: Requirement = {
  name: "root",
  why: "only root may create devices, firewall rules and routes",
  fix: "run the command with sudo",
};

/** Bit of CAP_NET_ADMIN in the masks of /proc/self/status (linux/capability.h). */
const CAP_NET_ADMIN = 12n;

/**
 * Checks for CAP_NET_ADMIN. To be root is not enough: in a container, root may lack the right to change the network.
 */
export async function checkRoot(host: Host): Promise<Finding> {
  const status = (await host.readFile("/proc/self/status")) ?? "";
  const userId = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  if (userId !== "0") {
    return missing(ROOT, `running as user ${userId ?? "unknown"}`);
  }
  return (capabilities >> CAP_NET_ADMIN) & 1n
    ? found(ROOT, "with CAP_NET_ADMIN")
    : missing({ ...ROOT, fix: "give the container CAP_NET_ADMIN" }, "root, but without CAP_NET_ADMIN");
}

const TUN: Requirement = {
  name: "/dev/net/tun",
  why: "VMs attach to taps, which this device provides",
  fix: "modprobe tun; in a container, pass the device through",
};

export async function checkTun(host: Host): Promise<Finding> {
  const exists = (await host.stat("/dev/net/tun")) !== undefined;
  return exists ? found(TUN, "present") : missing(TUN, "no such device");
}

/**
 * Checks that the emulator's user can open /dev/net/tun: the switches run as that user, and open it to attach to their
 * taps. udev lets everyone do that.
 */
export async function checkTunAccess(host: Host, user: string): Promise<Finding> {
  const requirement: Requirement = {
    name: "/dev/net/tun for the emulator's user",
    why: `switches run as ${user} and attach to their taps through it; other users' taps stay protected`,
    fix: "chmod 0666 /dev/net/tun",
  };
  const args = [
    "--reuid",
    user,
    "--clear-groups",
    "--",
    "test",
    "-r",
    "/dev/net/tun",
    "-a",
    "-w",
    "/dev/net/tun",
  ];
  const result = await probe(host, { file: "setpriv", args });
  // setpriv(1) ends with 127 also when it may not become that user.
  if (result.end !== "timeout" && result.stderr.includes("Operation not permitted")) {
    return untold(requirement);
  }
  if (result.end !== "exit") {
    return missing(requirement, describeProbe("setpriv", result));
  }
  return result.exitCode === 0 ? found(requirement, "accessible") : missing(requirement, "not accessible");
}

/** Looks the user up in a process, since users may also come from other sources than /etc/passwd (NSS). */
export async function checkEmulatorUser(host: Host, user: string): Promise<Finding> {
  const requirement: Requirement = {
    name: `user ${user}`,
    why: "owns the taps and runs the switches without root privileges",
    fix: `useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ${user}`,
  };
  const passwd = (await host.readFile("/etc/passwd")) ?? "";
  if (passwd.split("\n").some((line) => line.startsWith(`${user}:`))) {
    return found(requirement, "exists");
  }
  const exists = await succeeds(host, { file: "getent", args: ["passwd", user] });
  return exists ? found(requirement, "exists") : missing(requirement, "no such user");
}
