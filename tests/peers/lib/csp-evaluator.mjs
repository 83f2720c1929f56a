// Asks Google's CSP Evaluator about each enforced policy of a response, as a serialised list defines them (CSP3 §2.2).
//
// It judges one policy at a time. Where a response has several, browsers enforce all of them, so a weakness counts only
// if each policy has it; a mistake in the text of any policy counts.
import evaluator from 'csp_evaluator/dist/evaluator.js';
import finding from 'csp_evaluator/dist/finding.js';
import parser from 'csp_evaluator/dist/parser.js';
import { policyTexts } from './policy.mjs';

/** Findings by host: for each policy a list of `{ type, severity, directive, value }`. */
export function askCspEvaluator(responses) {
  return new Map(responses.map((one) => [one.host, { policies: policyTexts(one).map(evaluate) }]));
}

function evaluate(text) {
  const { csp } = new parser.CspParser(text);
  return new evaluator.CspEvaluator(csp).evaluate().map(({ type, severity, directive, value }) => ({
    type: finding.Type[type], severity: finding.Severity[severity], directive, value,
  }));
}
