import { expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { sshConfig } from "../../src/nodes/ssh-config.ts";
import { configFrom } from "../fabric/config.ts";

const fabric = planFabric(configFrom());
const files = { toolKey: "/state/ssh/id_ed25519", knownHosts: "/state/ssh/known_hosts" };

it("has a block for each switch, in which only its name and its own address differ", () => {
  const blocks = sshConfig(fabric, { ...files, proxy: null, internetPort: null }).split("\n\n");
  expect(blocks).toHaveLength(9);
  expect(blocks[5]).toBe(`Host leaf3
  HostName 192.168.98.6
  User root
  IdentityFile /state/ssh/id_ed25519
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile /state/ssh/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
  HostKeyAlias leaf3
  ConnectTimeout 10`);
});

it("quotes paths for the shell that runs the proxy, and for ssh", () => {
  const access = {
    toolKey: "/my state/100%/key",
    knownHosts: "/state/hosts",
    proxy: ["/my bin/100%", "enter"],
    internetPort: 28_999,
  };
  const [internet, block] = sshConfig(fabric, access).split("\n\n");
  expect(block).toContain("\n  ProxyCommand '/my bin/100%%' enter %h %p\n");
  expect(internet).toContain(
    "Host internet\n  HostName 127.0.0.1\n  User root\n  Port 28999\n  IdentityFile",
  );
  expect(block).toContain('\n  IdentityFile "/my state/100%%/key"\n');
});
