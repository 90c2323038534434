import { expect, it } from "vitest";
import { formatListen, parseListen } from "../../src/cli/listen-address.ts";

it.each([
  ["127.0.0.1:9465", "127.0.0.1", 9465],
  ["[::1]:0", "::1", 0],
])("%s is an address with a port", (text, address, port) => {
  expect(parseListen("--listen", text)).toEqual({ address, port });
  expect(formatListen({ address, port })).toBe(text);
});

it.each([
  "9465",
  "127.0.0.1",
  "localhost:80",
  "::1:80",
  "[127.0.0.1]:80",
  "127.0.0.1:70000",
  "127.0.0.1:80x",
])("%s is an error", (text) => {
  expect(() => parseListen("--listen", text)).toThrow(`invalid value of --listen: "${text}"`);
});
