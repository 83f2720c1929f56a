// What browsers make of single fields, from the standards alone: neither Outsight's reading nor a peer's.
import { openToFrames } from './policy.mjs';

const HALF_A_YEAR = 180 * 24 * 60 * 60;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const DIRECTIVE = new RegExp(`^(${TOKEN})(?:[ \\t]*=[ \\t]*(${TOKEN}|"(?:[^"\\\\]|\\\\.)*"))?$`);

/** RFC 6797 §6.1 and §8.1: the first field counts, and only if all of it conforms. */
export function hstsHolds(one) {
  if (one.hsts.length === 0) return false;
  const directives = new Map();
  for (const part of one.hsts[0].split(';').map((text) => text.trim()).filter(Boolean)) {
    const [, name, value] = DIRECTIVE.exec(part) ?? [];
    if (!name || directives.has(name.toLowerCase())) return false;
    directives.set(name.toLowerCase(), value?.replace(/^"(.*)"$/, '$1'));
  }
  const age = directives.get('max-age');
  return age !== undefined && /^\d+$/.test(age) && Number(age) >= HALF_A_YEAR;
}

/** The values of a field's lists, in lower case (Fetch, "get, decode, and split"). */
export const listed = (values) => values.join(',').split(',').map((value) => value.trim().toLowerCase());

/** HTML, "check a navigation response's adherence to X-Frame-Options", behind CSP3's frame-ancestors. */
export function framable(one) {
  const byPolicy = openToFrames(one);
  if (byPolicy !== undefined) return byPolicy;
  const values = new Set(one.frame.length === 0 ? [] : listed(one.frame));
  const known = ['deny', 'allowall', 'sameorigin'].some((value) => values.has(value));
  return values.size > 1 ? !known : !values.has('deny') && !values.has('sameorigin');
}

/** Fetch, "determine nosniff". */
export const sniffs = (one) => one.nosniff.length === 0 || listed(one.nosniff)[0] !== 'nosniff';
