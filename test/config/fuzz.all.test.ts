import { describeDamagedFiles } from "./damaged-files.ts";

// Damage of other seeds than fuzz.test.ts tries.
describeDamagedFiles(20_000, 2);
