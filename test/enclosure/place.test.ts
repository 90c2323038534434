import { expect, it } from "vitest";
import { enclosurePlace } from "../../src/enclosure/place.ts";

const ADA = { home: "/home/ada", uid: 7 };

it("a user's files are in the folders of the XDG specification", () => {
  const env = {
    XDG_RUNTIME_DIR: "/run/user/7",
    XDG_STATE_HOME: "/data/state",
    XDG_CACHE_HOME: "/data/cache",
    XDG_CONFIG_HOME: "/data/config",
  };
  expect(enclosurePlace(env, ADA)).toEqual({
    base: "/run/user/7/ikvswitch",
    folder: "/run/user/7/ikvswitch/ikvswitch",
    state: "/data/state/ikvswitch",
    images: "/data/cache/ikvswitch/images",
    config: "/data/config/ikvswitch/ikvswitch.conf",
  });
});

it("variables that are not set or not absolute give way to the defaults", () => {
  expect(enclosurePlace({ XDG_STATE_HOME: "state", XDG_RUNTIME_DIR: "" }, ADA)).toEqual({
    base: "/tmp/ikvswitch-7",
    folder: "/tmp/ikvswitch-7/ikvswitch",
    state: "/home/ada/.local/state/ikvswitch",
    images: "/home/ada/.cache/ikvswitch/images",
    config: "/home/ada/.config/ikvswitch/ikvswitch.conf",
  });
});

it("each fabric has an enclosure of its own", () => {
  expect(enclosurePlace({}, ADA, "lab").folder).toBe("/tmp/ikvswitch-7/lab");
});
