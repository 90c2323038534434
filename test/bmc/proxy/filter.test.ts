import { describe, expect, it } from "vitest";
import { filterDatagram as filter } from "../../../src/bmc/proxy/filter.ts";

const filterDatagram = (datagram: Uint8Array) => filter(datagram, { port: 40_000 });

const RMCP = [0x06, 0x00, 0xff, 0x07];
const NO_SESSION = [0, 0, 0, 0, 0, 0, 0, 0];

/** Returns a message outside of a session, in the format of IPMI 1.5. */
function ipmi15(message: readonly number[]): Uint8Array {
  return Uint8Array.from([...RMCP, 0x00, ...NO_SESSION, message.length, ...message]);
}

/** Returns a message in the format of RMCP+. */
function rmcpPlus(payload: number, message: readonly number[], session = NO_SESSION): Uint8Array {
  return Uint8Array.from([...RMCP, 0x06, payload, ...session, message.length, 0, ...message]);
}

const CAPABILITIES = [0x20, 0x18, 0xc8, 0x81, 0x00, 0x38, 0x8e, 0x04, 0xb5];
const GUID = [0x20, 0x18, 0xc8, 0x81, 0x04, 0x37, 0x44];
const CHALLENGE = [0x20, 0x18, 0xc8, 0x81, 0x04, 0x39, 0x04, ...Array.from({ length: 16 }, () => 0), 0x3e];
const CHASSIS = [0x20, 0x00, 0xe0, 0x81, 0x04, 0x01, 0x7a];
/** The query for cipher suites as ipmitool sends it: this channel, payload IPMI, from the first suite on. */
const SUITES = [0x20, 0x18, 0xc8, 0x81, 0x04, 0x54, 0x0e, 0x00, 0x80, 0x99];

describe("a client's datagram is passed on", () => {
  it.each([
    ["a ping", Uint8Array.from([0x06, 0x00, 0xff, 0x06, 0x00, 0x00, 0x11, 0xbe, 0x80, 0x00, 0x00, 0x00])],
    ["the query for authentication capabilities", ipmi15(CAPABILITIES)],
    ["the query for the GUID", ipmi15(GUID)],
    [
      "the request for an RMCP+ session",
      rmcpPlus(
        0x10,
        Array.from({ length: 32 }, () => 0),
      ),
    ],
    ["a message of an RMCP+ session", rmcpPlus(0xc0, CHASSIS, [2, 0, 0, 0, 1, 0, 0, 0])],
  ])("if it is %s", (_title, datagram) => {
    expect(filterDatagram(datagram)).toEqual({ kind: "forward" });
  });
});

describe("a client's datagram is dropped", () => {
  it.each([
    ["no RMCP", Uint8Array.from([1, 2, 3, 4, 5])],
    ["empty", Uint8Array.from([])],
    ["of another class", Uint8Array.from([6, 0, 0xff, 8, 0, 0])],
    ["the beginning of an IPMI 1.5 session", ipmi15(CHALLENGE)],
    ["a command without a session", ipmi15(CHASSIS)],
    ["a command without a session in RMCP+", rmcpPlus(0, CHASSIS)],
    [
      "of an IPMI 1.5 session",
      Uint8Array.from([...RMCP, 0x00, 0, 0, 0, 0, 2, 0, 0, 0, CHASSIS.length, ...CHASSIS]),
    ],
    [
      "authenticated by MD5",
      Uint8Array.from([...RMCP, 0x02, ...NO_SESSION, ...Array.from({ length: 16 }, () => 0), 7, ...CHASSIS]),
    ],
    ["truncated", ipmi15(CAPABILITIES).subarray(0, 18)],
    ["truncated before its length field", ipmi15(CAPABILITIES).subarray(0, 12)],
    ["a truncated query for cipher suites", rmcpPlus(0, SUITES.slice(0, 9))],
  ])("if it is %s", (_title, datagram) => {
    expect(filterDatagram(datagram)).toEqual({ kind: "drop" });
  });
});

it("a datagram without a port to answer to is dropped, whatever it asks", () => {
  for (const datagram of [rmcpPlus(0, SUITES), ipmi15(SUITES), ipmi15(CAPABILITIES)]) {
    expect(filter(datagram, { port: 0 })).toEqual({ kind: "drop" });
  }
});

describe("the query for cipher suites", () => {
  it("is answered in its own format with the only suite", () => {
    const answer = [0x81, 0x1c, 0x63, 0x20, 0x04, 0x54, 0x00, 0x01, 0xc0, 0x03, 0x01, 0x41, 0x81, 0x01];
    expect(filterDatagram(rmcpPlus(0, SUITES))).toEqual({ kind: "answer", datagram: rmcpPlus(0, answer) });
    expect(filterDatagram(ipmi15(SUITES))).toEqual({ kind: "answer", datagram: ipmi15(answer) });
  });

  it("is answered with no suite for a later part of the list", () => {
    const later = [...SUITES.slice(0, 8), 0x81, 0x98];
    const answer = [0x81, 0x1c, 0x63, 0x20, 0x04, 0x54, 0x00, 0x01, 0x87];
    expect(filterDatagram(rmcpPlus(0, later))).toEqual({ kind: "answer", datagram: rmcpPlus(0, answer) });
  });

  it("is answered with the algorithms if it asks for these", () => {
    const algorithms = [...SUITES.slice(0, 8), 0x00, 0x19];
    const answer = [0x81, 0x1c, 0x63, 0x20, 0x04, 0x54, 0x00, 0x01, 0x01, 0x41, 0x81, 0xc4];
    expect(filterDatagram(rmcpPlus(0, algorithms))).toEqual({
      kind: "answer",
      datagram: rmcpPlus(0, answer),
    });
  });
});
