import { contentHash } from '../graph/content-hash';
import type { Struct } from '../values/types';
import type { Value } from '../values/value';
import { Component } from './component';

/** What a check runs. It is a component of this library's own, whose source ships as those of users' files do. */
const SOURCE = `def check(rules: dict):
    class RuleBroken(Exception):
        pass

    broken = []
    for name, rule in rules.items():
        seen = " (%s)" % rule["seen"] if rule["seen"] else ""
        print("%s: %s: %s%s" % ("ok" if rule["holds"] else "BROKEN", name, rule["says"], seen))
        if not rule["holds"]:
            broken.append("%s: %s%s" % (name, rule["says"], seen))
    if broken:
        raise RuleBroken("; ".join(broken))
`;

const IMAGE = 'python:3.11-slim';

/** The component of a Check, in an image; one for each, because a name stands for one component. */
export function checkComponent(image = IMAGE): Component<{ readonly rules: Value<Struct> }, unknown> {
  return new Component(() => ({
    name: image === IMAGE ? 'check' : `check-${contentHash(image)}`,
    description: 'Fails where a rule is broken, and names it.',
    inputs: { rules: { kind: 'parameter', type: 'STRUCT' } },
    outputs: {},
    implementation: { kind: 'python', file: 'kfp/check.py', function: 'check', line: 1, source: SOURCE, image },
  }));
}
