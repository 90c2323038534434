import { macPrefix } from "../value-types/macs.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import type { Section } from "./key-spec.ts";

export const fabric = {
  title: "Size and numbering",
  intro:
    "Numbers of racks, switches and rack positions, their AS numbers and MAC addresses, and the links' MTU and BFD.",
  keys: {
    NUM_RACKS: {
      type: wholeNumber(1, 64),
      default: "3",
      help: "Number of racks. Each has two leaves.",
    },
    NUM_SPINES: {
      type: wholeNumber(1, 9),
      default: "2",
      help: "Number of spines. Every leaf has a link to every spine.",
    },
    NUM_U: {
      // A leaf joins its server ports in one bridge, and a Linux bridge has at most 1023 ports (BR_PORT_BITS).
      type: wholeNumber(3, 1025),
      default: "15",
      unit: "U",
      help: "Height of a rack. The lowest two positions are for the leaves, the others for servers.",
      hint: "For 13 servers per rack, use 15.",
    },
    AS_START: {
      type: wholeNumber(1, 4_294_967_294),
      default: "65500",
      help: "AS number of the internet router. Spines and leaves have the numbers that follow.",
      hint: "More than about 30 switches need the private 4-byte range, which begins at 4200000000.",
    },
    FABRIC_MTU: {
      // IPv6 does not work below 1280 (RFC 8200, section 5).
      type: wholeNumber(1280, 9216),
      default: "9000",
      unit: "bytes",
      help: "MTU of every link between switches and servers.",
    },
    BFD_INTERVAL_MS: {
      // RFC 5880 counts microseconds in 32 bits; FRR takes 10 to 4294967 ms.
      type: wholeNumber(50, 60_000),
      default: "280",
      unit: "ms",
      help: "Interval of BFD packets on links between switches. Three lost in a row take the session down.",
      hint: "Switches on busy emulated processors may send late: 1000 keeps sessions up there.",
    },
    MAC_PREFIX: {
      type: macPrefix,
      default: "00:22:22:dd:ee",
      help: "First five bytes of the MAC addresses on this host; they count up from :10.",
    },
    GUEST_MAC_ADDRESS_PREFIX: {
      type: macPrefix,
      default: "08:00:27:06:ac",
      help: "First five bytes of the MAC addresses inside the switches.",
      hint: "The switches' IPv6 link-local addresses are derived from them.",
    },
  },
} satisfies Section;
