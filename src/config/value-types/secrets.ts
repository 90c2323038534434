import { type ValueType, valueTypeWithReasons } from "./value-type.ts";

/** crypt(3) takes up to 511 bytes. Messages never show the value. */
export const rootPassword: ValueType<string> = secret("a password of 1 to 511 characters", 1, 511, /^.*$/s);

/** IPMI 2.0, section 22.30: 20 bytes. */
export const bmcPassword: ValueType<string> = secret(
  "empty, or a password of up to 20 letters, digits and ASCII punctuation",
  0,
  20,
  /^[!-~]*$/,
);

/** VNC uses only the first 8 bytes (RFC 6143, section 7.2.2): longer passwords would seem safer than they are. */
export const vncPassword: ValueType<string> = secret(
  "empty, or a password of up to 8 letters, digits and ASCII punctuation",
  0,
  8,
  /^[!-~]*$/,
);

function secret(description: string, shortest: number, longest: number, pattern: RegExp): ValueType<string> {
  return valueTypeWithReasons(
    description,
    (text) => {
      const bytes = new TextEncoder().encode(text).length;
      const valid = bytes >= shortest && bytes <= longest && pattern.test(text);
      return valid ? { value: text } : { problem: `the value (not shown) must be ${description}` };
    },
    { type: "string", minLength: shortest, maxLength: longest },
  );
}
