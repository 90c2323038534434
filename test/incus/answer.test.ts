import { expect, it } from "vitest";
import { CommandError } from "../../src/errors.ts";
import { ClusterError, hasStatus, readAnswer } from "../../src/incus/answer.ts";

const read = (answer: unknown, status = 200) => readAnswer("GET /1.0", status, JSON.stringify(answer));

const ID = "6f5a3c53-1f7b-4c6e-8a52-0d8e3c1f9b10";

it("an answer has its metadata", () => {
  expect(read({ type: "sync", metadata: ["a"] })).toEqual({ type: "sync", metadata: ["a"] });
});

it.each([`/1.0/operations/${ID}`, `/1.0/operations/${ID}?project=fabric`])(
  "an answer that names %s has started that operation",
  (operation) => {
    expect(read({ type: "async", operation, metadata: { metadata: { fds: {} } } })).toEqual({
      type: "async",
      operation: { path: `/1.0/operations/${ID}`, metadata: { fds: {} } },
    });
  },
);

it("an operation elsewhere than in the API is none", () => {
  const operation = `/1.0/operations/../../${ID}`;
  expect(() => read({ type: "async", operation })).toThrow("the server names no operation");
});

it.each(["", "<html>", "[]", '{"type":1}'])("%s is no answer", (body) => {
  expect(() => readAnswer("GET /1.0", 200, body)).toThrow(CommandError);
});

it("an error has the server's status and words", () => {
  const failing = () => read({ type: "error", error: "Not Found", error_code: 404 }, 404);
  expect(failing).toThrow(ClusterError);
  expect(failing).toThrow(/^GET \/1.0\n {2}failed\n {2}Not Found$/);
  try {
    failing();
  } catch (error) {
    expect(hasStatus(error, 404)).toBe(true);
    expect(hasStatus(error, 403)).toBe(false);
  }
});

it.each([
  ["not authorized", 403, "run 'ikvswitch trust TOKEN' with a new token"],
  ['User does not have permissions for project "other"', 500, "set INCUS_PROJECT to one of them"],
  ["dial tcp 10.0.0.2:8443: connect: connection refused", 500, "a member of the cluster is down"],
])("of '%s' the message names the remedy", (error, code, remedy) => {
  expect(() => read({ type: "error", error, error_code: code }, code)).toThrow(remedy);
});
