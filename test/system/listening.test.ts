import { describe, expect, it } from "vitest";
import { socketOwner } from "../../src/system/listening.ts";

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 3463: 0100007F:026F 00000000:0000 07 00000000:00000000 00:00000000 00000000 65534        0 79716 2 0000000000000000 0
  812: 0AC8A8C0:185B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 79717 2 0000000000000000 0
`;

describe("the kernel's table of sockets", () => {
  it("yields local addresses, in the kernel's notation, and their owners", () => {
    expect(socketOwner(TABLE, { address: "127.0.0.1", port: 623 })).toBe(65534);
    expect(socketOwner(TABLE, { address: "192.168.200.10", port: 6235 })).toBe(0);
    expect(socketOwner(TABLE, { address: "127.0.0.1", port: 624 })).toBeUndefined();
    expect(socketOwner("", { address: "127.0.0.1", port: 623 })).toBeUndefined();
  });
});
