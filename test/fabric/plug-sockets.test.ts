import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { planFabric } from "../../src/fabric/plan.ts";
import { planPlugSockets, plugPortProblems } from "../../src/fabric/plug-sockets.ts";
import { configFrom, shippedConfig } from "./config.ts";

const PLACE = { portStart: 29_000, folder: "/run/ikvswitch/plug" };

describe("the sockets for VMs", () => {
  const plugs = planPlugSockets(planFabric(shippedConfig()), PLACE);

  it("are those of the shared segment, and one pair for each NIC of each position", () => {
    expect(plugs).toHaveLength(1 + 3 * 13 * 2);
    expect(plugs[1]).toEqual({
      name: "1-3-1",
      port: 29_001,
      path: "/run/ikvswitch/plug/1-3-1",
      taps: ["ikvm1-3-1"],
      clients: 1,
    });
    expect(plugs.at(-1)).toMatchObject({ name: "3-15-2", port: 29_078, taps: ["ikvm3-15-2"] });
  });

  it("let many clients share the highest free tap of rack 1 that leads to its left leaf", () => {
    const [segment] = plugs;
    expect(segment).toMatchObject({ name: "segment", port: 29_000, clients: 64 });
    expect(segment?.taps.slice(0, 2)).toEqual(["ikvm1-15-1", "ikvm1-14-1"]);
    expect(segment?.taps.at(-1)).toBe("ikvm1-3-1");
  });

  it("have names, ports and paths of their own", () => {
    for (const key of ["name", "port", "path"] as const) {
      expect(new Set(plugs.map((plug) => plug[key])).size).toBe(plugs.length);
    }
  });
});

describe("the sockets' ports", () => {
  const use = { start: 29_000, positions: 39, firstVncPort: 5980, switches: 9 };

  it("are free of those that consoles and BMCs have", () => {
    expect(plugPortProblems(use)).toEqual([]);
    expect(plugPortProblems({ ...use, start: 5989 })).toEqual([]);
    expect(plugPortProblems({ ...use, start: 5988 })).toEqual([
      "the sockets' ports 5988 to 6066 overlap those of the VNC consoles (VNC_DISPLAY_START), 5980 to 5988; " +
        "begin at 5989 or higher",
    ]);
    expect(plugPortProblems({ ...use, start: 6400 })).toEqual([
      "the sockets' ports 6400 to 6478 overlap those of BMCs, 6230 to 6474; begin at 6475 or higher",
    ]);
  });

  it("are no higher than ports can be", () => {
    expect(plugPortProblems({ ...use, start: 65_457 })).toEqual([]);
    expect(plugPortProblems({ ...use, start: 65_458 })).toEqual([
      "79 sockets from port 65458 on end at 65536, and 65535 is the last port; begin at 65457 or lower",
    ]);
    expect(plugPortProblems({ ...use, positions: 40_000 })[0]).toMatch(
      /set PLUG_SOCKETS=no, or fewer racks$/,
    );
  });

  it("are a problem of the configuration only if it asks for sockets", () => {
    const problemsOf = (line: string) => {
      try {
        planFabric(configFrom("PLUG_PORT_START=65500", line));
        return [];
      } catch (error) {
        return error instanceof ConfigError ? error.problems.map(({ key }) => key) : [error];
      }
    };
    expect(problemsOf("PLUG_SOCKETS=no")).toEqual([]);
    expect(problemsOf("PLUG_SOCKETS=auto")).toEqual([]);
    expect(problemsOf("PLUG_SOCKETS=yes")).toEqual(["PLUG_PORT_START"]);
  });
});
