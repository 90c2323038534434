import { describeDamagedFiles } from "./damaged-files.ts";

// Other seeds than in fuzz.test.ts.
describeDamagedFiles(20_000, 2);
