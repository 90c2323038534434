import { describe, expect, it } from "vitest";
import { CommandError } from "../../src/errors.ts";
import { parseLeases } from "../../src/leases/kea-answer.ts";

const NOW = 1_800_000_000;

function lease(changes: object = {}): object {
  return {
    "client-id": "01:52:54:00:00:00:77",
    cltt: NOW - 100,
    "fqdn-fwd": false,
    "fqdn-rev": false,
    hostname: "db1",
    "hw-address": "52:54:00:00:00:77",
    "ip-address": "192.168.110.20",
    state: 0,
    "subnet-id": 1,
    "valid-lft": 3600,
    ...changes,
  };
}

function answer(...leases: readonly unknown[]): string {
  return JSON.stringify({ arguments: { leases }, result: 0, text: `${leases.length} IPv4 lease(s) found.` });
}

describe("Kea's answer to lease4-get-all", () => {
  it("has address, MAC, name and end of each lease", () => {
    expect(parseLeases(answer(lease()), NOW)).toEqual([
      {
        address: "192.168.110.20",
        mac: "52:54:00:00:00:77",
        hostname: "db1",
        state: "active",
        expires: NOW + 3500,
      },
    ]);
  });

  it.each([
    ["declined", { state: 1 }],
    ["expired", { state: 2 }],
    ["expired", { "valid-lft": 100 }],
  ])("tells leases that are %s", (state, changes) => {
    expect(parseLeases(answer(lease(changes)), NOW)).toMatchObject([{ state }]);
  });

  it("without leases is an empty list", () => {
    const empty = { arguments: { leases: [] }, result: 3, text: "0 IPv4 lease(s) found." };
    expect(parseLeases(JSON.stringify(empty), NOW)).toEqual([]);
  });

  it("may contain entries of another form, which are skipped", () => {
    const others = [
      null,
      7,
      "x",
      {},
      lease({ "ip-address": "here" }),
      lease({ "hw-address": "" }),
      lease({ cltt: "x" }),
    ];
    expect(parseLeases(answer(...others, lease()), NOW)).toHaveLength(1);
    expect(parseLeases(JSON.stringify({ result: 0, arguments: { leases: 7 } }), NOW)).toEqual([]);
    expect(parseLeases(JSON.stringify({ result: 0 }), NOW)).toEqual([]);
  });

  it("that refuses, or is none of Kea's, is an error with what it says", () => {
    const refusal = JSON.stringify({ result: 2, text: "'lease4-get-all' command not supported." });
    expect(() => parseLeases(refusal, NOW)).toThrow(/command not supported/);
    for (const text of ["", "[]", "null", "<html>", '{"result": "0"}']) {
      expect(() => parseLeases(text, NOW), text).toThrow(CommandError);
    }
  });
});
