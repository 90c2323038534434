import { wholeNumber } from "../value-types/numbers.ts";
import type { Section } from "./key-spec.ts";

export const rootless = {
  title: "Without root",
  intro: "For a fabric that an ordinary user runs. See docs/rootless.md.",
  keys: {
    INTERNET_SSH_PORT: {
      type: wholeNumber(0, 65_535),
      default: `$(( \${PLUG_PORT_START} - 1 ))`,
      help: "TCP port of this host's 127.0.0.1 that leads to the SSH server of the internet router. 0: none.",
      hint: "All users of this host can connect to it. Root's fabric has none: there the host reaches the router itself.",
    },
  },
} satisfies Section;
