import { afterAll, beforeAll, expect, it } from "vitest";
import { type CopiedMachine, copyMachine } from "./copied-machine.ts";

// Set-up on a copy of this machine without a network, so that nothing can be installed. Tests its remains.

let machine: CopiedMachine;

beforeAll(async () => {
  machine = await copyMachine(false);
});

afterAll(() => machine.close());

const POLICY = "/usr/sbin/policy-rc.d";

it("removes the remains of a set-up that was killed, and no foreign files", async () => {
  const { output } = await machine.shell(`
    rm -f ${POLICY}
    printf '#!/bin/sh\\n# Written by the setup of ikvswitch while it installs packages.\\nexit 101\\n' >${POLICY}
    scripts/setup --test >/dev/null 2>&1
    ls ${POLICY}
    echo '# mine' >${POLICY}
    scripts/setup --test >/dev/null 2>&1
    cat ${POLICY}; rm ${POLICY}`);
  expect(output).toBe(`ls: cannot access '${POLICY}': No such file or directory\n# mine`);
});

it("removes the user and its state, and restores the mode of tun, but not while a fabric runs", async () => {
  const { output } = await machine.shell(`
    userdel ikvswitch 2>/dev/null
    : >/var/lib/ikvswitch/identity
    mknod /run/tun c 10 200 && chmod 660 /run/tun && mount --bind /run/tun /dev/net/tun
    scripts/setup --test >/dev/null 2>&1
    stat -c %a /dev/net/tun
    getent passwd ikvswitch | cut -d: -f1,6,7
    ip link add ikhb group 26987 type bridge
    scripts/setup --uninstall; echo "$?"
    ip link del ikhb
    ip link add labhb type bridge; ip link set dev labhb alias ikvswitch:/var/lib/lab:/run/lab
    scripts/setup --uninstall; echo "$?"
    ip link del labhb
    scripts/setup --uninstall --package; echo "$?"
    scripts/setup --uninstall; echo "$?"
    getent passwd ikvswitch; ls -A /var/lib/ikvswitch; stat -c %a /dev/net/tun`);
  expect(output.split("\n")).toEqual([
    "666",
    "ikvswitch:/nonexistent:/usr/sbin/nologin",
    "uninstall: a fabric is running; run 'bin/ikvswitch down' first ('bin/ikvswitch ls' lists all)",
    "3",
    "uninstall: a fabric is running; run 'bin/ikvswitch down' first ('bin/ikvswitch ls' lists all)",
    "3",
    "usage: scripts/setup --uninstall [--packages]",
    "2",
    'uninstall: removing the system user "ikvswitch"',
    "uninstall: restoring mode 660 of /dev/net/tun",
    "uninstall: removing /var/lib/ikvswitch",
    "uninstall: done; remove this folder and any other STATE_DIR yourself",
    "0",
    "660",
  ]);
});
