import { expect, it } from "vitest";
import {
  ENCLOSURE_FOLDER,
  isEnclosed,
  OUTSIDE_STATE,
  outsidePath,
  USER_CONFIG,
  userConfig,
} from "../../src/enclosure/inside.ts";

it("files of STATE_DIR have other names outside of the enclosure, and all others the same", () => {
  const env = { [OUTSIDE_STATE]: "/home/ada/.local/state/ikvswitch" };
  expect(isEnclosed(env)).toBe(true);
  expect(outsidePath(env, "/var/lib/ikvswitch/ssh/id_ed25519")).toBe(
    "/home/ada/.local/state/ikvswitch/ssh/id_ed25519",
  );
  expect(outsidePath(env, "/var/lib/ikvswitch")).toBe("/home/ada/.local/state/ikvswitch");
  expect(outsidePath(env, "/var/lib/ikvswitchx/a")).toBe("/var/lib/ikvswitchx/a");
  expect(outsidePath(env, "/data/a")).toBe("/data/a");
});

it("for root, names are what they are", () => {
  expect(isEnclosed({})).toBe(false);
  expect(outsidePath({}, "/var/lib/ikvswitch/ssh/id_ed25519")).toBe("/var/lib/ikvswitch/ssh/id_ed25519");
});

it("the user's own configuration counts in an enclosure only", () => {
  const config = { [USER_CONFIG]: "/home/ada/.config/ikvswitch/lab.conf" };
  expect(userConfig(config)).toBeUndefined();
  expect(userConfig({ ...config, [ENCLOSURE_FOLDER]: "/run/user/1000/ikvswitch/lab" })).toBe(
    "/home/ada/.config/ikvswitch/lab.conf",
  );
});
