import { describeNetKills } from "./net-kills.ts";
import { useTestSite } from "./test-site.ts";

// Each phase once; net-kill.all has many moments of each phase.
describeNetKills(await useTestSite(), { start: 6, stop: 4 });
