import { afterAll, beforeAll, expect, it } from "vitest";
import { createSite, projectPath, type Site, type Started } from "./namespace.ts";

//   client ── QEMU ── socket of the host │ tap0, in the user and network namespace of an ordinary user
//
// The program of the sockets is in another network than its clients. Its TCP ports are opened by a server that stayed in
// the clients' one.

const HOST_PORTS = projectPath("libexec/enclosure/host-ports");
const USER = ["--reuid", "ikvswitch", "--regid", "ikvswitch", "--clear-groups"];

let site: Site;
let server: Started;
let program: Started;
let log = "";

beforeAll(async () => {
  site = await createSite();
  await site.host.shell(`
    install -d -o ikvswitch /run/plug
    printf '%s\\n' 'segment 2 29000 /run/plug/segment missing0,tap0' 'other 1 29001 /run/plug/other missing0' >/run/list`);
  server = site.host.start("setpriv", [...USER, "perl", HOST_PORTS, "serve", "/run/plug/host-ports"]);
  const script = `
    ip link set lo up
    ip tuntap add dev tap0 mode tap
    ip address add 10.9.0.9/24 dev tap0
    ip link set tap0 up
    exec perl "$@"`;
  program = site.host.start("setpriv", [
    ...USER,
    ..."unshare --user --map-root-user --net".split(" "),
    ...["sh", "-ec", script, "sh", HOST_PORTS, "/run/plug/host-ports", "29000", "29001"],
    ...["--", "perl", projectPath("libexec/plug-sockets"), "/run/list"],
  ]);
  program.watch((text) => {
    log += text;
  });
  await said(program, /2 plugs are ready/);
});

afterAll(async () => {
  for (const process of [program, server]) {
    process.kill("SIGKILL");
    await process.output;
  }
  await site.close();
});

/** Waits until a program prints this. */
function said(program: Started, wanted: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve) => {
    program.watch((text) => {
      const found = wanted.exec(text);
      if (found !== null) {
        resolve(found);
      }
    });
  });
}

it("connects clients of the host to a tap in an ordinary user's namespaces", async () => {
  const clients = [
    await site.plugIntoSocket("socket,connect=127.0.0.1:29000", { address: "10.9.0.1/24", mtu: 1500 }),
    await site.plugIntoSocket("stream,server=off,addr.type=unix,addr.path=/run/plug/segment", {
      address: "10.9.0.2/24",
      mtu: 1500,
    }),
  ];
  for (const { machine } of clients) {
    await machine.shell("until ping -n -c 1 -W 1 10.9.0.9 >/dev/null; do sleep 0.05; done");
  }
  await clients[0]?.machine.shell("ping -n -c 1 -W 5 10.9.0.2");
  expect(log).toContain("segment: opened tap tap0\n");
});

it("disconnects clients where no tap is free, and makes no tap", async () => {
  const script = `require("node:net").connect(29001, "127.0.0.1").on("close", () => process.exit(0)).resume()`;
  await site.host.run("timeout", ["20", process.execPath, "-e", script]);
  expect(log).toMatch(/ other: no tap is free: missing0: No such device\n/);
});

it("opens ports on 127.0.0.1 only, and names those that others have", async () => {
  const { stdout } = await site.host.run("ss", ["-Hltn", "sport", "ge", "29000"]);
  expect(stdout.match(/\S+:29\d+/g)?.toSorted()).toEqual(["127.0.0.1:29000", "127.0.0.1:29001"]);
  const words = [HOST_PORTS, "/run/plug/host-ports", "29001", "29002", "65536", "--", "true"];
  const refused = await site.host.run("perl", words, { exitCodes: [3] });
  expect(refused.stdout).toBe("29001 Address already in use\n65536 not a port\n");
});
