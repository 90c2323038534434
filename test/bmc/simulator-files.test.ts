import { describe, expect, it } from "vitest";
import { lanConfig, simulatorCommands, usersMemory } from "../../src/bmc/simulator-files.ts";

const leaf3 = { name: "leaf3", role: "leaf", uuid: "01234567-89ab-5def-8123-456789abcdef" } as const;

describe("a simulator's files", () => {
  it("have its sockets, its name, and the chassis program from the environment", () => {
    const sockets = {
      lan: { address: "127.0.2.6", port: 623 },
      console: { address: "127.0.2.6", port: 6235 },
    };
    expect(lanConfig(leaf3, sockets)).toBe(`name "leaf3"
set_working_mc 0x20
startlan 1
  addr 127.0.2.6 623
  priv_limit admin
  guid 0123456789ab5def8123456789abcdef
endlan
chassis_control 'exec sh "$IKVSWITCH_CHASSIS"'
sol "tcp:127.0.2.6:6235" 115200
`);
  });

  it("describe a controller with the switch's name and role", () => {
    expect(simulatorCommands(leaf3)).toBe(`mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0 1 0 0x8e 0 0
sel_enable 0x20 100 0x0a
main_sdr_add 0x20 0x00 0x00 0x51 0x12 0x10 0x20 0x00 0x00 0x8e 0x00 0x00 0x00 0x07 0x01 0x00 0xc5 0x6c 0x65 0x61 0x66 0x33
mc_add_fru_data 0x20 0 40 data 0x01 0x00 0x00 0x00 0x01 0x00 0x00 0xfe 0x01 0x04 0x19 0xc9 0x69 0x6b 0x76 0x73 0x77 0x69 0x74 0x63 0x68 0xc5 0x6c 0x65 0x61 0x66 0x33 0xc4 0x6c 0x65 0x61 0x66 0xc0 0xc0 0xc0 0xc0 0xc1 0x00 0x00 0x90
sensor_add 0x20 0 0 35 0x6f event-only
mc_enable 0x20
`);
  });

  it("have one user, whose name and password are written as escaped bytes", () => {
    expect(usersMemory({ user: "admin", password: "a\"\\ $'é" })).toBe(`2.valid:i:1
2.link_auth:i:0
2.cb_only:i:0
2.username:d:\\61\\64\\6d\\69\\6e\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00
2.passwd:d:\\61\\22\\5c\\20\\24\\27\\c3\\a9\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00
2.privilege:i:4
2.max_sessions:i:10
`);
  });
});
