import { absolutePath } from "../value-types/places.ts";
import { emptyOr } from "../value-types/value-type.ts";
import type { Section } from "./key-spec.ts";

export const check = {
  title: "The check",
  intro: "`ikvswitch check` compares the running fabric with the plan.",
  keys: {
    CHECK_FILE: {
      type: emptyOr(absolutePath),
      default: "",
      help: "File of further conditions to check, one per line, such as `reach leaf1 192.168.100.2`.",
      hint: "Empty: none. docs/check.md lists all conditions.",
    },
  },
} satisfies Section;
