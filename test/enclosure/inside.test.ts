import { expect, it } from "vitest";
import { isEnclosed, OUTSIDE_STATE, outsidePath } from "../../src/enclosure/inside.ts";

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
