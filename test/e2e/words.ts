/** Words that a shell would change, if one read them. */
export const HARD_WORDS = [
  "a b",
  "  ",
  "",
  "'",
  '"',
  "it's",
  "$HOME",
  `$${"{HOME}"}`,
  "$(id)",
  "`id`",
  "\\",
  "\\n",
  "*",
  "~",
  "line one\nline two",
  "tab\there",
  ";",
  "&&",
  "|",
  ">x",
  "#",
  "!1",
  "-n",
  "--help",
  "--",
  "--set",
  "A=b",
  "007",
  "1e3",
  "Köln",
] as const;

/** A program that shows where each of its arguments begins and ends, and its expected output. */
export const SHOW_WORDS = ["printf", "[%s]", ...HARD_WORDS] as const;
export const SHOWN_WORDS = HARD_WORDS.map((word) => `[${word}]`).join("");
