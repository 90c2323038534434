import { describe, expect, it } from "vitest";
import {
  defaultsOfName,
  fabricName,
  fabricPlaces,
  foldersAbove,
  ROOT_HOME,
} from "../../src/config/fabric-name.ts";
import { KEYS } from "../../src/config/keys/table.ts";

describe("a fabric's name", () => {
  it("has the folders of the table of keys for the default fabric", () => {
    expect(ROOT_HOME).toMatchObject({ stateDir: KEYS.STATE_DIR.default, runDir: KEYS.RUN_DIR.default });
    expect(fabricPlaces("ikvswitch")).toEqual({
      confPath: "/etc/ikvswitch/ikvswitch.conf",
      stateDir: "/var/lib/ikvswitch",
      runDir: "/run/ikvswitch",
    });
  });

  it("gives any other fabric folders of its own, in any home", () => {
    const home = { confDir: "/home/me/.config/x", stateDir: "/home/me/state", runDir: "/run/user/7/x" };
    expect(fabricPlaces("lab", home)).toEqual({
      confPath: "/home/me/.config/x/lab.conf",
      stateDir: "/home/me/state/fabrics/lab",
      runDir: "/run/user/7/x/fabrics/lab",
    });
    expect(defaultsOfName("ikvswitch", home).get("RUN_DIR")).toBe("/run/user/7/x");
    expect(foldersAbove("/home/me/state/fabrics/lab")).toEqual(["/home/me/state", "/home/me/state/fabrics"]);
    expect(foldersAbove("/var/lib/ikvswitch")).toEqual([]);
  });

  it.each(["lab", "a", "lab-2", "abcdefghijklmnop"])("may be %s", (name) => {
    expect(fabricName.parse(name)).toEqual({ value: name });
  });

  it.each(["", "Lab", "2lab", "-lab", "lab/..", "la b", "abcdefghijklmnopq"])("may not be %j", (name) => {
    expect(fabricName.parse(name)).toHaveProperty("problem");
  });
});
