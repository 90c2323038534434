import { execa } from "execa";

/** The state of the machine itself that would change if a test's namespace leaked. */
export interface MachineState {
  readonly devices: string;
  readonly rules: string;
  readonly forwarding: string;
}

export async function observeMachine(): Promise<MachineState> {
  const [devices, rules, forwarding] = await Promise.all([
    execa("sh", [
      "-c",
      "for group in 26987 26988; do ip -o link show group $group; done; ip -o link show | grep 'alias ikvswitch:' || :",
    ]),
    execa("nft", ["list", "ruleset"]),
    execa("cat", ["/proc/sys/net/ipv4/ip_forward"]),
  ]);
  return {
    devices: devices.stdout,
    rules: rules.stdout
      .split("\n")
      .filter((line) => line.includes("ikvswitch") || line.includes("192.168.96.0/19"))
      .join("\n"),
    forwarding: forwarding.stdout,
  };
}
