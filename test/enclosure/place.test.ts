import { expect, it } from "vitest";
import { enclosurePlace } from "../../src/enclosure/place.ts";

it("a user's files are in the folders of the XDG specification", () => {
  const env = {
    XDG_RUNTIME_DIR: "/run/user/7",
    XDG_STATE_HOME: "/data/state",
    XDG_CACHE_HOME: "/data/cache",
    XDG_CONFIG_HOME: "/data/config",
  };
  expect(enclosurePlace(env, "/home/ada", 7)).toEqual({
    folder: "/run/user/7/ikvswitch",
    state: "/data/state/ikvswitch",
    images: "/data/cache/ikvswitch/images",
    config: "/data/config/ikvswitch/ikvswitch.conf",
  });
});

it("variables that are not set or not absolute give way to the defaults", () => {
  expect(enclosurePlace({ XDG_STATE_HOME: "state", XDG_RUNTIME_DIR: "" }, "/home/ada", 7)).toEqual({
    folder: "/tmp/ikvswitch-7",
    state: "/home/ada/.local/state/ikvswitch",
    images: "/home/ada/.cache/ikvswitch/images",
    config: "/home/ada/.config/ikvswitch/ikvswitch.conf",
  });
});
