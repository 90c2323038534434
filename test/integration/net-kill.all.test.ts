import { describeNetKills } from "./net-kills.ts";
import { useTestSite } from "./test-site.ts";

describeNetKills(await useTestSite(), { start: 100, stop: 30 });
