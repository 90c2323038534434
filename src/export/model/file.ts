/** An exported file. */
export interface ExportFile {
  /** Relative to the output directory. */
  readonly path: string;
  readonly content: string;
}
