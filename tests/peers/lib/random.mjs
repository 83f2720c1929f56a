// Pseudo-random choices that are the same for the same seed, on every machine.

/** Numbers in [0, 1): the mulberry32 generator. */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick(next, items) {
  return items[Math.floor(next() * items.length)];
}

function shuffle(next, items) {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [shuffled[last], shuffled[other]] = [shuffled[other], shuffled[last]];
  }
  return shuffled;
}

/** Deals every item once before any comes again, so that each value of a table occurs whatever the seed. */
export function deck(next, items) {
  let pile = [];
  return () => {
    if (pile.length === 0) pile = shuffle(next, items);
    return pile.pop();
  };
}
