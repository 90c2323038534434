import { check, problemIf } from "./check.ts";

/**
 * The run directory is emptied when the fabric stops; neither directory may contain the other, since STATE_DIR stays.
 */
export const directoriesApart = check(["STATE_DIR", "RUN_DIR"], (config) => {
  const state = `${config.STATE_DIR}/`;
  const run = `${config.RUN_DIR}/`;
  return problemIf(
    state.startsWith(run) || run.startsWith(state),
    ["RUN_DIR", "STATE_DIR"],
    () => `RUN_DIR=${config.RUN_DIR} and STATE_DIR=${config.STATE_DIR} overlap; separate them`,
  );
});
