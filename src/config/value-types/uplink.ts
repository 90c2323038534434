import { InterfaceAddress } from "../../net/interface-address.ts";
import { ipv4Address } from "./addresses.ts";
import { parseUnicastMac } from "./macs.ts";
import { interfaceName } from "./names.ts";
import { readNumber } from "./numbers.ts";
import { textLike, textOr } from "./text-schema.ts";
import { type ValueType, valueType } from "./value-type.ts";

/** Kinds of UPLINK that name a device of this host. */
export const DEVICE_KINDS = ["bridge", "macvtap"] as const;

export const uplinkWord: ValueType<string> = valueType(
  "nat, routed, isolated, bridge:NAME with the name of a bridge, or macvtap:NIC with the name of a NIC",
  (text) => {
    const { kind, device } = splitUplink(text);
    const valid =
      device === null
        ? ["nat", "routed", "isolated"].includes(kind)
        : DEVICE_KINDS.some((each) => each === kind) && "value" in interfaceName.parse(device);
    return valid ? text : undefined;
  },
  textLike(/^(nat|routed|isolated|bridge:.+|macvtap:.+)$/),
);

/** Splits the value of UPLINK at its colon: `bridge:br0` has the device `br0`. */
export function splitUplink(text: string): { readonly kind: string; readonly device: string | null } {
  const [kind = "", ...rest] = text.split(":");
  return { kind, device: rest.length === 0 ? null : rest.join(":") };
}

/** The network and broadcast addresses of the prefix belong to no host. */
export const uplinkAddress: ValueType<string> = valueType(
  "dhcp, or an IPv4 address with its length, such as 192.0.2.10/24",
  (text) => (text === "dhcp" || isHostAddress(text) ? text : undefined),
  textOr("dhcp", textLike(/^[0-9.]+\/[0-9]{1,2}$/)),
);

export const uplinkMac: ValueType<string> = valueType(
  "auto or a unicast MAC address, such as 08:00:27:06:ac:20",
  (text) => (text === "auto" ? text : parseUnicastMac(text)?.toString()),
  textOr("auto", textLike(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/)),
);

export const asNumber: ValueType<string> = valueType(
  "an AS number from 1 to 4294967294",
  (text) => (readNumber(text, 1, 4_294_967_294) === undefined ? undefined : text),
  { type: "integer", minimum: 1, maximum: 4_294_967_294 },
);

function isHostAddress(text: string): boolean {
  const parsed = InterfaceAddress.parse(text);
  if (parsed === null || parsed.length < 1 || parsed.length > 30) {
    return false;
  }
  const { address, prefix } = parsed;
  return (
    "value" in ipv4Address.parse(String(address)) &&
    !address.equals(prefix.first) &&
    !address.equals(prefix.last)
  );
}
