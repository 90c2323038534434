import { expect, it } from "vitest";
import { parseServerAddress, parseToken } from "../../src/incus/token.ts";

const FIELDS = {
  client_name: "ikvswitch",
  fingerprint: "3819e818c81fd25a29effa6716b51cf5786457cc3ea4c4f72ffc6155d7d263fd",
  addresses: ["198.18.0.11:8443", "[2001:db8::1]:8443"],
  secret: "042fadac0bbf3e4786500ed8d548c743978d0b03ca972a1948ddd34444725ea4",
  expires_at: "0001-01-01T00:00:00Z",
};

const encode = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString("base64");

it("a token has the cluster's fingerprint and addresses", () => {
  const text = encode(FIELDS);
  expect(parseToken(` ${text}\n`)).toEqual({
    text,
    clientName: "ikvswitch",
    fingerprint: FIELDS.fingerprint,
    addresses: [
      { host: "198.18.0.11", port: 8443 },
      { host: "2001:db8::1", port: 8443 },
    ],
  });
});

it.each([
  ["", "it is not base64 of a JSON object"],
  ["password", "it is not base64 of a JSON object"],
  [encode([]), "it is not base64 of a JSON object"],
  [encode({ ...FIELDS, secret: "" }), "it has no secret"],
  [encode({ ...FIELDS, secret: "../../x" }), "it has no secret"],
  [encode({ ...FIELDS, fingerprint: "3819" }), "it has no fingerprint of a certificate"],
  [encode({ ...FIELDS, addresses: [] }), "it has no address"],
  [encode({ ...FIELDS, addresses: ["198.18.0.11", 8443] }), "it has no address"],
])("%s is no token", (text, problem) => {
  expect(() => parseToken(text)).toThrow(`'lxc config trust add': ${problem}`);
});

it.each(["", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:65536", "2001:db8::1:8443", "a b:1", "[::1", "a/b:1"])(
  "%s is no address of a server",
  (text) => {
    expect(parseServerAddress(text)).toBeUndefined();
  },
);
