import { afterAll, beforeAll, expect, it } from "vitest";
import { type CopiedMachine, copyMachine } from "./copied-machine.ts";

// Set-up on a copy of this machine installs packages from the Debian mirror, and removes them again.

let machine: CopiedMachine;

beforeAll(async () => {
  machine = await copyMachine(true);
});

afterAll(() => machine.close());

it("removes the packages that it installed, except those that other packages need by now", async () => {
  const { output } = await machine.shell(`
    export DEBIAN_FRONTEND=noninteractive
    status() { dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' "$@" 2>/dev/null; }
    apt-get purge -qq -y ipmitool strace xxd >/dev/null 2>&1
    scripts/setup --test >/dev/null 2>&1
    status ipmitool strace xxd
    mkdir -p /tmp/mine/DEBIAN
    printf 'Package: mine\\nVersion: 1\\nArchitecture: all\\nMaintainer: me <me@localhost>\\nDepends: xxd\\nDescription: mine\\n' >/tmp/mine/DEBIAN/control
    dpkg-deb --build /tmp/mine >/dev/null && dpkg -i /tmp/mine.deb >/dev/null
    scripts/setup --uninstall --packages 2>&1 | grep package
    status ipmitool strace xxd mine iproute2`);
  expect(output.split("\n")).toEqual([
    "ipmitool installed",
    "strace installed",
    "xxd installed",
    "uninstall: keeping package xxd: other packages need it",
    "uninstall: removing Debian packages: ipmitool strace",
    "iproute2 installed",
    "mine installed",
    "xxd installed",
  ]);
}, 600_000);

it("completes a running installation when it is terminated, and lets services start again", async () => {
  const { output } = await machine.shell(`
    rm -f /usr/sbin/policy-rc.d
    DEBIAN_FRONTEND=noninteractive apt-get purge -qq -y strace >/dev/null 2>&1
    echo 'DPkg::Pre-Invoke {"touch /run/dpkg-runs; until [ -e /run/go-on ]; do sleep 0.1; done";};' >/etc/apt/apt.conf.d/99-wait
    scripts/setup --test >/dev/null 2>/run/err & setup=$!
    until [ -e /run/dpkg-runs ] || ! kill -0 $setup; do sleep 0.1; done
    tail -n 1 /usr/sbin/policy-rc.d
    kill -TERM $setup
    until grep interrupted /run/err || ! kill -0 $setup; do sleep 0.1; done
    touch /run/go-on
    wait $setup
    echo "$?"
    ls /usr/sbin/policy-rc.d
    dpkg-query -W -f '\${db:Status-Status}\n' strace`);
  expect(output.split("\n")).toEqual([
    "exit 101",
    "setup: interrupted: finishing the installation first",
    "143",
    "ls: cannot access '/usr/sbin/policy-rc.d': No such file or directory",
    "installed",
  ]);
}, 600_000);
