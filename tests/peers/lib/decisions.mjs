// Decides disagreements: each entry says which responses it is about, who is right, and by which sentence of a standard.
//
// `right` is `outsight`, `peer`, or `open` where no standard decides and reasonable tools may differ. Entries are tried
// in order; a disagreement that none is about stays undecided, and the comparison fails.
import { COOKIE_DECISIONS } from './decisions-cookies.mjs';
import { CSP_DECISIONS } from './decisions-csp.mjs';
import { HEADER_DECISIONS } from './decisions-headers.mjs';

export const DECISIONS = [...HEADER_DECISIONS, ...CSP_DECISIONS, ...COOKIE_DECISIONS];

/** The first decision about a disagreement, if any. */
export function decide({ check, peer, direction, one, theirs, ours }) {
  const by = direction === 'peer complains' ? 'peer' : 'outsight';
  return DECISIONS.find((decision) => [decision.check].flat().includes(check)
    && decision.by === by
    && (!decision.peer || decision.peer === peer)
    && decision.when(one, { theirs: theirs.says, ours: ours.says }));
}
