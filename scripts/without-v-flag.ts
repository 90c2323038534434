import type { Plugin } from "rolldown";

/**
 * Debian 12's Node 18 can't read regular expressions with the flag `v`. Only string-width has some: for emoji of several
 * code points, which our tables don't have, and for sets that the flag `u` allows as well.
 */
export function withoutVFlag(): Plugin {
  return {
    name: "without-v-flag",
    transform: {
      filter: { id: /\/string-width\/index\.js$/ },
      handler: (code) =>
        code
          .replaceAll("/^\\p{RGI_Emoji}$/v", "/^\\p{Emoji_Presentation}$/u")
          .replaceAll(/^(const \w+ = \/.*\/)v;$/gm, "$1u;"),
    },
  };
}
