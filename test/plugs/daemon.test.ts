import { expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { planPlugSockets } from "../../src/fabric/plug-sockets.ts";
import { plugDaemon } from "../../src/plugs/daemon.ts";
import { configFrom } from "../fabric/config.ts";

const fabric = planFabric(configFrom("NUM_RACKS=1", "NUM_U=4"));
const plugs = planPlugSockets(fabric, { portStart: 29_000, folder: "/run/ikvswitch/plug" });
const user = { name: "ikvswitch", uid: 999, gid: 998, kvmGid: 107 };
const daemon = plugDaemon(plugs, {
  runDir: "/run/ikvswitch",
  user,
  program: "# the program\n",
  enclosed: false,
});

it("the program of the sockets runs as the emulator's user, without rights and with a limit on open files", () => {
  expect(daemon.command).toEqual({
    file: "prlimit",
    args: [
      "--nofile=1034:1034",
      "--",
      "setpriv",
      "--reuid=999",
      "--regid=998",
      "--clear-groups",
      "--inh-caps=-all",
      "--ambient-caps=-all",
      "--bounding-set=-all",
      "--no-new-privs",
      "--",
      "perl",
      "/run/ikvswitch/plug-sockets/program",
      "/run/ikvswitch/plug-sockets/list",
    ],
  });
  expect(daemon.listens).toEqual([{ address: "127.0.0.1", port: 29_004 }]);
});

it("its list names each socket with its number of clients, its port, its path and its taps", () => {
  expect(daemon.files.map(({ path, content }) => [path, content])).toEqual([
    ["/run/ikvswitch/plug-sockets/program", "# the program\n"],
    [
      "/run/ikvswitch/plug-sockets/list",
      `segment 64 29000 /run/ikvswitch/plug/segment ikvm1-4-1,ikvm1-3-1
1-3-1 1 29001 /run/ikvswitch/plug/1-3-1 ikvm1-3-1
1-3-2 1 29002 /run/ikvswitch/plug/1-3-2 ikvm1-3-2
1-4-1 1 29003 /run/ikvswitch/plug/1-4-1 ikvm1-4-1
1-4-2 1 29004 /run/ikvswitch/plug/1-4-2 ikvm1-4-2
`,
    ],
  ]);
});

it("in an ordinary user's enclosure, it gets its TCP ports from the host's side", () => {
  const enclosed = plugDaemon(plugs, { runDir: "/run/ikvswitch", user, program: "", enclosed: true });
  const at = enclosed.command.args.findIndex((word) => word.endsWith("/libexec/enclosure/host-ports"));
  expect(enclosed.command.args.slice(at - 3, at + 9)).toEqual([
    ...["--nofile=1034:1034", "--", "perl", expect.any(String), "/run/enclosure/host-ports"],
    ...["29000", "29001", "29002", "29003", "29004", "--", "setpriv"],
  ]);
  expect(enclosed).toMatchObject({ listens: [], says: "plugs are ready" });
});
