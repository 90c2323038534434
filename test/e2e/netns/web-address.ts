import type { Started } from "../../integration/namespace.ts";

/** Returns the address that `ikvswitch web` prints. */
export function webAddress(program: Started): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    program.watch((more) => {
      text += more;
      const line = /^http.*(?=\n)/m.exec(text)?.[0];
      if (line !== undefined) {
        resolve(line);
      }
    });
    void program.output.then(({ stderr }) => reject(new Error(stderr)));
  });
}
