import { describe, expect, it } from "vitest";
import { listenAddress } from "../../src/nodes/listen.ts";

describe("the address for VNC and IPMI", () => {
  it("is loopback while the root password is the shipped one, and any after that", () => {
    expect(listenAddress({ vncListen: "auto", rootPassword: "changeme" })).toBe("127.0.0.1");
    expect(listenAddress({ vncListen: "auto", rootPassword: "mine" })).toBe("0.0.0.0");
  });

  it("is the configured one if there is one", () => {
    expect(listenAddress({ vncListen: "10.0.0.1", rootPassword: "changeme" })).toBe("10.0.0.1");
  });
});
