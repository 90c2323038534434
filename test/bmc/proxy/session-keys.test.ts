import { createCipheriv, createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type SessionReader, sessionReader } from "../../../src/bmc/proxy/session-keys.ts";

const PASSWORD = "s3cret";
const CONSOLE_ID = 0xa0a1a2a3;
const BMC_ID = 0x02000100;
const USER = "admin";
const ROLE = 0x14;

/** Returns a datagram of RMCP+ (IPMI 2.0, section 13.6). */
function datagram(type: number, session: number, payload: Uint8Array): Buffer {
  const header = Buffer.from([6, 0, 0xff, 7, 6, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(session, 6);
  header.writeUInt16LE(payload.length, 14);
  return Buffer.concat([header, payload]);
}

function ids(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((value, index) => {
    bytes.writeUInt32LE(value, 4 * index);
  });
  return bytes;
}

const hmac = (key: Buffer, ...data: readonly Buffer[]) =>
  createHmac("sha1", key).update(Buffer.concat(data)).digest();

/** Opens a session as client and simulator do, and returns what encrypts a message in it (sections 13.17 to 13.32). */
function openSession(reader: SessionReader, password: string) {
  const [clientRandom, bmcRandom] = [randomBytes(16), randomBytes(16)];
  const name = Buffer.from(USER);
  const role = Buffer.from([ROLE]);
  reader.fromSimulator(
    datagram(0x11, 0, Buffer.concat([Buffer.from([0, 0, 4, 0]), ids(CONSOLE_ID, BMC_ID)])),
  );
  const lengths = [Buffer.from([0, 0, name.length]), name];
  reader.fromClient(datagram(0x12, 0, Buffer.concat([ids(0, BMC_ID), clientRandom, role, ...lengths])));
  reader.fromSimulator(datagram(0x13, 0, Buffer.concat([ids(0, CONSOLE_ID), bmcRandom, Buffer.alloc(16)])));
  const userKey = Buffer.alloc(20);
  userKey.write(password);
  const sik = hmac(userKey, clientRandom, bmcRandom, role, Buffer.from([name.length]), name);
  const key = hmac(sik, Buffer.alloc(20, 2)).subarray(0, 16);
  return (message: Buffer) => {
    const iv = randomBytes(16);
    const padding = (16 - ((message.length + 1) % 16)) % 16;
    const pad = Buffer.from(Array.from({ length: padding }, (_, index) => index + 1));
    const cipher = createCipheriv("aes-128-cbc", key, iv).setAutoPadding(false);
    const text = Buffer.concat([message, pad, Buffer.from([padding])]);
    const payload = Buffer.concat([iv, cipher.update(text), cipher.final()]);
    // Encrypted and authenticated; the authentication code follows the payload.
    return Buffer.concat([datagram(0xc0, BMC_ID, payload), Buffer.alloc(16)]);
  };
}

describe("a session with a BMC", () => {
  it("is read with the BMC's password", () => {
    const reader = sessionReader(PASSWORD);
    const encrypt = openSession(reader, PASSWORD);
    for (const length of [7, 13, 15, 16, 31]) {
      const message = randomBytes(length);
      expect(Buffer.from(reader.fromClient(encrypt(message)) ?? [])).toEqual(message);
    }
  });

  it("is not read with another password, or if its beginning was missed", () => {
    const message = Buffer.from([0x20, 0, 0, 0x81, 0x10, 0x08, 5]);
    const reader = sessionReader("another");
    const read = reader.fromClient(openSession(reader, PASSWORD)(message));
    expect(Buffer.from(read ?? [])).not.toEqual(message);
    const late = sessionReader(PASSWORD);
    expect(late.fromClient(openSession(sessionReader(PASSWORD), PASSWORD)(message))).toBeUndefined();
  });

  it("is not disturbed by datagrams of any other form", () => {
    const reader = sessionReader(PASSWORD);
    const encrypt = openSession(reader, PASSWORD);
    const whole = encrypt(Buffer.from([1, 2, 3]));
    for (let length = 0; length < whole.length; length++) {
      reader.fromClient(whole.subarray(0, length));
      reader.fromSimulator(whole.subarray(0, length));
    }
    for (const type of [0x11, 0x12, 0x13, 0xc0]) {
      for (const bytes of [0, 3, 27, 28, 40]) {
        reader.fromClient(datagram(type, 7, randomBytes(bytes)));
        reader.fromSimulator(datagram(type, 7, randomBytes(bytes)));
      }
    }
    expect([...(reader.fromClient(encrypt(Buffer.from([4, 5, 6]))) ?? [])]).toEqual([4, 5, 6]);
  });
});
