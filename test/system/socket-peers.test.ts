import { expect, it } from "vitest";
import { parseConnections } from "../../src/system/socket-peers.ts";

/** Output of `ss -Hntxp state established` of iproute2 6.1. */
const TEXT = `\
u_str 0      0      /run/ikvswitch/plug/2-3-2 148722               * 148721 users:(("perl",pid=20698,fd=8))
u_str 0      0                              * 148721               * 148722 users:(("qemu-system-x86",pid=20746,fd=10))
u_seq 0      0                              * 99                   * 98     users:(("systemd",pid=1,fd=3))
tcp   0      0                127.0.0.1:29000    127.0.0.1:33692 users:(("perl",pid=20698,fd=7),("perl",pid=20699,fd=7))
tcp   0      0                127.0.0.1:33692    127.0.0.1:29000
`;

it("both ends of connections by TCP and unix sockets are found, with their processes if they are known", () => {
  expect(parseConnections(TEXT)).toEqual([
    { protocol: "unix", local: "148722", peer: "148721", pids: [20698] },
    { protocol: "unix", local: "148721", peer: "148722", pids: [20746] },
    {
      protocol: "tcp",
      local: "127.0.0.1:29000 127.0.0.1:33692",
      peer: "127.0.0.1:33692 127.0.0.1:29000",
      pids: [20698, 20699],
    },
    {
      protocol: "tcp",
      local: "127.0.0.1:33692 127.0.0.1:29000",
      peer: "127.0.0.1:29000 127.0.0.1:33692",
      pids: [],
    },
  ]);
});
