import { createDecipheriv, createHmac } from "node:crypto";

/** Offset of the payload in a datagram of RMCP+ (IPMI 2.0, section 13.6). */
const HEADER_BYTES = 16;
/** Payload types of section 13.27.3: the messages that open a session. */
const OPEN_SESSION_RESPONSE = 0x11;
const RAKP_1 = 0x12;
const RAKP_2 = 0x13;
const IPMI_MESSAGE = 0x00;
const ENCRYPTED = 0x80;

const PASSWORD_BYTES = 20;
const KEY_BYTES = 16;
/** Sessions of which we keep the keys, per BMC. A simulator has room for 63. */
const MAX_SESSIONS = 100;

/** What is known of a session while it is opened; with the key once it is complete. */
interface Session {
  readonly consoleId: number;
  /** Of RAKP message 1: the console's random number, then role, length and name of the user. */
  console?: { readonly random: Buffer; readonly identity: Buffer };
  key?: Buffer;
}

/** Reads the messages of a BMC's sessions, between its clients and its simulator. */
export interface SessionReader {
  /** Returns the IPMI message in a client's datagram; undefined if there is none, or it can't be read. */
  fromClient(datagram: Uint8Array): Uint8Array | undefined;
  /** Takes note of a simulator's datagram. */
  fromSimulator(datagram: Uint8Array): void;
}

/**
 * Returns a reader for a BMC with this password. The simulator does not pass on all that a client demands, so the
 * proxy has to read it: it derives the keys as both ends do (section 13.31), for cipher suite 3, the only one here. A
 * session of a user whose password was changed can't be read.
 */
export function sessionReader(password: string): SessionReader {
  const userKey = Buffer.alloc(PASSWORD_BYTES);
  userKey.write(password, "utf8");
  /** By the BMC's session ID; the oldest one is first. */
  const sessions = new Map<number, Session>();
  return {
    fromClient: (datagram) => {
      const { type, sessionId, payload } = parse(datagram);
      if (type === RAKP_1 && payload.length >= 28) {
        const session = sessions.get(payload.readUInt32LE(4));
        if (session !== undefined) {
          const nameEnd = 28 + payload.readUInt8(27);
          session.console = {
            random: payload.subarray(8, 24),
            identity: Buffer.concat([payload.subarray(24, 25), payload.subarray(27, nameEnd)]),
          };
        }
      }
      const key = type === (ENCRYPTED | IPMI_MESSAGE) ? sessions.get(sessionId)?.key : undefined;
      return key === undefined ? undefined : decrypt(key, payload);
    },
    fromSimulator: (datagram) => {
      const { type, payload } = parse(datagram);
      if (type === OPEN_SESSION_RESPONSE && payload.length >= 12) {
        sessions.set(payload.readUInt32LE(8), { consoleId: payload.readUInt32LE(4) });
        forgetOldest(sessions);
      } else if (type === RAKP_2 && payload.length >= 24) {
        const consoleId = payload.readUInt32LE(4);
        for (const session of sessions.values()) {
          if (session.consoleId === consoleId && session.console !== undefined) {
            session.key = encryptionKey(userKey, session.console, payload.subarray(8, 24));
          }
        }
      }
    },
  };
}

interface Parsed {
  /** Type of the payload, with the bit of encryption; -1 for another kind of datagram. */
  readonly type: number;
  readonly sessionId: number;
  readonly payload: Buffer;
}

const NOTHING: Parsed = { type: -1, sessionId: 0, payload: Buffer.alloc(0) };

function parse(bytes: Uint8Array): Parsed {
  const datagram = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (datagram.length < HEADER_BYTES || datagram.readUInt8(4) !== 6) {
    return NOTHING;
  }
  const length = datagram.readUInt16LE(14);
  return {
    // Without the bit of authentication.
    type: datagram.readUInt8(5) & 0xbf,
    sessionId: datagram.readUInt32LE(6),
    payload: datagram.subarray(HEADER_BYTES, HEADER_BYTES + length),
  };
}

/** Returns the key of AES-CBC-128: of K2, which is made of the session integrity key. */
function encryptionKey(
  userKey: Buffer,
  console: { readonly random: Buffer; readonly identity: Buffer },
  bmcRandom: Buffer,
): Buffer {
  const sessionKey = hmac(userKey, Buffer.concat([console.random, bmcRandom, console.identity]));
  return hmac(sessionKey, Buffer.alloc(PASSWORD_BYTES, 2)).subarray(0, KEY_BYTES);
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac("sha1", key).update(data).digest();
}

/** Returns the message without its padding (section 13.29); undefined for what this key does not decrypt. */
function decrypt(key: Buffer, payload: Buffer): Uint8Array | undefined {
  const blocks = payload.subarray(KEY_BYTES);
  if (blocks.length === 0 || blocks.length % KEY_BYTES !== 0) {
    return undefined;
  }
  const cipher = createDecipheriv("aes-128-cbc", key, payload.subarray(0, KEY_BYTES)).setAutoPadding(false);
  const text = Buffer.concat([cipher.update(blocks), cipher.final()]);
  const padding = text.at(-1) ?? 0;
  return padding < KEY_BYTES ? text.subarray(0, text.length - 1 - padding) : undefined;
}

function forgetOldest(sessions: Map<number, Session>): void {
  const [oldest] = sessions.keys();
  if (sessions.size > MAX_SESSIONS && oldest !== undefined) {
    sessions.delete(oldest);
  }
}
