import { expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { addReservations, parseReservation, servingLeaves } from "../../src/fabric/reservations.ts";
import { withoutTones } from "../../src/format/tone.ts";
import { formatLeases } from "../../src/leases/format.ts";
import type { Lease } from "../../src/leases/lease.ts";
import { reportLeases } from "../../src/leases/report.ts";
import { shippedConfig } from "../fabric/config.ts";

const NOW = new Date("2026-11-29T12:00:00Z");
const reserved = ["52:54:00:00:00:01=192.168.110.9=db1", "52:54:00:00:00:02=192.168.110.10"];
const { fabric } = addReservations(planFabric(shippedConfig()), reserved.map(parseReservation));

function lease(changes: Partial<Lease>): Lease {
  return {
    ...{ address: "192.168.110.20", mac: "52:54:00:00:00:77", hostname: "", state: "active" },
    expires: NOW.getTime() / 1000 + 1800,
    ...changes,
  };
}

it("leases, reservations and servers without an answer are listed by rack and address", () => {
  const report = reportLeases(servingLeaves(fabric), [
    {
      known: true,
      leases: [
        lease({ address: "192.168.110.100", mac: "52:54:00:00:00:78", state: "declined" }),
        lease({ hostname: "web1" }),
        lease({ address: "192.168.110.9", mac: "52:54:00:00:00:01", hostname: "db1" }),
      ],
    },
    { known: true, leases: [] },
    { known: false, why: "off" },
  ]);
  expect(withoutTones(formatLeases(report, NOW))).toBe(
    [
      "RACK  LEAF   ADDRESS          MAC                NAME  STATE       EXPIRES   RESERVED",
      "   1  leaf1  192.168.110.9    52:54:00:00:00:01  db1   active      in 30m0s  yes",
      "   1  leaf1  192.168.110.10   52:54:00:00:00:02        not leased            yes",
      "   1  leaf1  192.168.110.20   52:54:00:00:00:77  web1  active      in 30m0s",
      "   1  leaf1  192.168.110.100  52:54:00:00:00:78        declined",
      "   3  leaf5                                            off",
    ].join("\n"),
  );
  expect(report.unknown).toEqual([{ rack: 3, leaf: "leaf5", why: "off" }]);
});

it("a reservation whose address is leased to another client is listed beside that lease", () => {
  const { leases } = reportLeases(servingLeaves(fabric), [
    { known: true, leases: [lease({ address: "192.168.110.9" })] },
  ]);
  expect(leases.map(({ address, mac, state, reserved }) => [address, mac, state, reserved])).toEqual([
    ["192.168.110.9", "52:54:00:00:00:77", "active", false],
    ["192.168.110.9", "52:54:00:00:00:01", null, true],
    ["192.168.110.10", "52:54:00:00:00:02", null, true],
  ]);
});
