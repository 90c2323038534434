import { oneOf } from "../value-types/names.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import type { Section } from "./key-spec.ts";

export const plugs = {
  title: "Sockets for VMs",
  intro:
    "VMs of QEMU and libvirt can attach by sockets instead of taps, without root: one at each rack position, and up to " +
    "64 on a shared segment. See docs/servers.md.",
  keys: {
    PLUG_SOCKETS: {
      type: oneOf("auto", "no", "yes"),
      default: "auto",
      help: "Listen for QEMU's netdevs `socket` and `stream`, on TCP ports of 127.0.0.1 and on unix sockets.",
      hint: "All users of this host can connect to the TCP ports. auto: only if ikvswitch runs without root.",
    },
    PLUG_PORT_START: {
      type: wholeNumber(1024, 65_535),
      default: "29000",
      help: "TCP port of the shared segment. The NICs of rack positions have the ports that follow.",
    },
  },
} satisfies Section;
