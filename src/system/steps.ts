/** One named part of a long procedure, such as bringing the fabric up. */
export interface Step {
  /** What is being done, as a person would say it: "Boot nine switches". */
  readonly title: string;
  /**
   * Does it. `note` tells how far it is, one short line that replaces the one before. The text returned is
   * what came of it: "281 devices created".
   */
  readonly run: (note: (text: string) => void) => Promise<string>;
}
