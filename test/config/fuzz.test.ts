import { describeDamagedFiles } from "./damaged-files.ts";

describeDamagedFiles(600, 0);
