// Which rules of `_headers` add up to a value that nobody wrote? A later rule does not replace what an
// earlier one set, it appends (Pages docs, "Headers"), and two cache lifetimes in one field contradict.

import type { Problem } from "../contract/problem.ts";
import type { HeaderRule } from "../contract/site.ts";
import { createRuleMatcher } from "./match-header-rule.ts";
import { wildcardProbes } from "./wildcard-probes.ts";

/** Reports pairs of rules that both set Cache-Control for some path, where no `! Cache-Control` parts them. */
export function findCombinedValues(rules: readonly HeaderRule[], file: string): Problem[] {
  const setting = rules.filter((rule) => rule.set.some(([name]) => name === "cache-control"));
  return setting.flatMap((rule, index) => {
    if (rule.detach.includes("cache-control")) return [];
    const earlier = setting.slice(0, index).find((other) => overlaps(other, rule));
    return earlier === undefined ? [] : [describe(rule, earlier, file)];
  });
}

/** Whether one of two rules covers the other; partial overlaps are beyond this warning. */
function overlaps(a: HeaderRule, b: HeaderRule): boolean {
  return covers(a, b) || covers(b, a);
}

function covers(general: HeaderRule, special: HeaderRule): boolean {
  if (general.host !== undefined && general.host !== special.host) return false;
  const matches = createRuleMatcher({ ...general, host: undefined });
  return wildcardProbes(special.path).every((pathname) => matches("", pathname) !== undefined);
}

function describe(rule: HeaderRule, earlier: HeaderRule, file: string): Problem {
  return {
    severity: "warning",
    code: "header-values-combine",
    message: `Cache-Control of "${rule.path}" is appended to that of "${earlier.path}" on line ${earlier.line}, it does not replace it`,
    file,
    line: rule.line,
    remedy: "Put `! Cache-Control` into the later rule; what it then sets stands alone.",
  };
}
