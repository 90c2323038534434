import { expect, it } from "vitest";
import { parseFacts } from "../../src/hosts/member-facts.ts";

const LO =
  '[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP"],"mtu":65536,"group":"0","address":"00:00:00:00:00:00","addr_info":[]}]';

it("a member's facts are read from one text", () => {
  const text = [
    "load 0.42",
    "processors 8",
    "disk      40960  10240   30720",
    "MemTotal:        8046824 kB",
    "MemAvailable:    4194304 kB",
    LO,
    "",
  ].join("\n");
  const { room, devices } = parseFacts(text);
  expect(room).toEqual({
    ...{ processors: 8, load: 0.42, memoryMiB: 7858, availableMiB: 4096 },
    disk: { sizeMiB: 40960, usedMiB: 10240, freeMiB: 30720 },
  });
  expect(devices.map(({ name }) => name)).toEqual(["lo"]);
});

it("what a member does not tell is 0, and no number of another line", () => {
  const { room, devices } = parseFacts("load 1\nprocessors 1\ndisk \nMemTotal: 1024 kB\n");
  expect(room).toMatchObject({ availableMiB: 0, disk: { sizeMiB: 0, usedMiB: 0, freeMiB: 0 } });
  expect(devices).toEqual([]);
});
