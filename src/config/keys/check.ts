import { absolutePath } from "../value-types/places.ts";
import { emptyOr } from "../value-types/value-type.ts";
import type { Section } from "./key-spec.ts";

export const check = {
  title: "The check",
  intro: "`ikvswitch check` compares the running fabric with the planned one.",
  keys: {
    CHECK_FILE: {
      type: emptyOr(absolutePath),
      default: "",
      help: "File of what else is to hold, such as `reach leaf1 192.168.100.2`, a line for each.",
      hint: "Empty: nothing else. docs/check.md has all that can be written there.",
    },
  },
} satisfies Section;
