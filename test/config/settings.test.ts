import { expect, it } from "vitest";
import { settingsOf } from "../../src/config/settings.ts";
import { shippedConfig } from "../fabric/config.ts";

it("settings hold a configuration's values for the rest of the program, with addresses parsed", () => {
  const settings = settingsOf(
    shippedConfig({ DNS_SERVERS: ["192.0.2.1", "192.0.2.2"], EXTRA_PACKAGES: ["jq"], BACKEND: "netns" }),
  );
  expect(settings.dnsServers.map(String)).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect(settings).toMatchObject({
    backend: "netns",
    stateDir: "/var/lib/ikvswitch",
    runDir: "/run/ikvswitch",
    bmcUser: "admin",
    image: { release: "trixie", extraPackages: ["jq"] },
  });
});
