import { ipv4Address } from "../value-types/addresses.ts";
import { interfaceName, oneOf } from "../value-types/names.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import { asNumber, uplinkAddress, uplinkMac, uplinkWord } from "../value-types/uplink.ts";
import { emptyOr } from "../value-types/value-type.ts";
import type { Section } from "./key-spec.ts";

export const uplink = {
  title: "Way out",
  intro:
    "How the fabric reaches the outside, and whether the outside reaches the fabric. The other keys of this section " +
    "take effect with the kinds of UPLINK that their help names. docs/uplinks.md compares the kinds.",
  keys: {
    UPLINK: {
      type: uplinkWord,
      default: "nat",
      help: "Way out of the fabric: nat, routed, isolated, bridge:NAME or macvtap:NIC.",
      hint: "nat: by this host, with its address. routed: by this host, without NAT; the network's router needs a route. isolated: none. bridge, macvtap: by a NIC of the internet router in this host's bridge, or on its NIC.",
    },
    UPLINK_ADDRESS: {
      type: uplinkAddress,
      default: "dhcp",
      help: "With bridge or macvtap: the internet router's address there, with its length, or dhcp.",
    },
    UPLINK_GATEWAY: {
      type: emptyOr(ipv4Address),
      default: "",
      help: "With bridge or macvtap, and an address: the router of that network.",
    },
    UPLINK_NAT: {
      type: oneOf("yes", "no"),
      default: "yes",
      help: "With bridge or macvtap: the internet router translates the fabric's sources to its own address.",
      hint: "no: the network's router needs a route to the fabric, or a BGP session with it.",
    },
    UPLINK_MTU: {
      type: wholeNumber(1280, 9216),
      default: "1500",
      unit: "bytes",
      help: "With bridge or macvtap: MTU of the internet router's NIC, that of the bridge or NIC.",
    },
    UPLINK_MAC: {
      type: uplinkMac,
      default: "auto",
      help: "With bridge or macvtap: MAC of that NIC. Two fabrics on one network need different ones.",
      hint: "auto: the next one of GUEST_MAC_ADDRESS_PREFIX, the same on every host.",
    },
    UPLINK_IFNAME: {
      type: interfaceName,
      default: "ikut",
      help: "With bridge or macvtap: name of the tap, veth or macvtap on this host.",
    },
    UPLINK_BGP_NEIGHBOR: {
      type: emptyOr(ipv4Address),
      default: "",
      help: "With routed, or UPLINK_NAT=no: a router on that network, to which the fabric's prefixes are announced.",
      hint: "Nothing is accepted from it. With routed, MY_IP must be an address: it is the announced next hop.",
    },
    UPLINK_BGP_AS: {
      type: emptyOr(asNumber),
      default: "",
      help: "AS number of that router.",
    },
  },
} satisfies Section;
