import { expect, it } from "vitest";
import { whyImpossible } from "../../src/enclosure/why-impossible.ts";
import type { Host } from "../../src/system/host.ts";
import { localHost } from "../../src/system/local-host.ts";

/** A host whose kernel has these settings, by their paths below /proc/sys. */
function hostWith(settings: Readonly<Record<string, string>>): Host {
  return { ...localHost(), readFile: async (path) => settings[path.slice("/proc/sys/".length)] };
}

it.each([
  ["user.max_user_namespaces", "0"],
  ["kernel.unprivileged_userns_clone", "0"],
  ["kernel.apparmor_restrict_unprivileged_userns", "1"],
])("%s=%s is named, with the command that changes it", async (name, value) => {
  const host = hostWith({ [name.replaceAll(".", "/")]: `${value}\n` });
  const { what, fix } = await whyImpossible(host, "unshare: unshare failed: Operation not permitted\n");
  expect(what).toBe(
    `${name}=${value} forbids namespaces to ordinary users (unshare: unshare failed: Operation not permitted)`,
  );
  expect(fix).toMatch(new RegExp(`^sudo sysctl ${name}=[016-9]`));
});

it("on a host whose settings allow namespaces, the reason is what the failed program said", async () => {
  const host = hostWith({ "user/max_user_namespaces": "1000\n", "kernel/unprivileged_userns_clone": "1\n" });
  const said =
    "mount: /proc: permission denied.\n       dmesg(1) may have more information after failed mount.\n";
  expect((await whyImpossible(host, said)).what).toBe(
    "cannot make namespaces of this user: mount: /proc: permission denied.",
  );
});
