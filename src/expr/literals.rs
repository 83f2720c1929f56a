//! Necessary literals: texts one of which is in everything that a regex matches.
//!
//! Takes the tree of a regex and gives texts, in lower case where case is ignored. Invariant: where a regex matches a text,
//! one of its literals occurs in it; where nothing of the kind is known, there is no set. Must never import a folder above
//! `base`.

use regex_syntax::hir::literal::{ExtractKind, Extractor, Seq};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes that a literal needs to be worth looking for.
const SHORTEST: usize = 3;
/// Literals of one predicate.
const MOST: usize = 64;

/// A text that has to occur.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    /// The text; in lower case where case is ignored.
    pub bytes: Vec<u8>,
    /// Whether it occurs in any case (ASCII).
    pub ignore_case: bool,
}

impl Literal {
    /// The literal of a text; none where it is too short to be worth looking for.
    pub fn new(bytes: &[u8], ignore_case: bool) -> Option<Self> {
        let bytes = if ignore_case { bytes.to_ascii_lowercase() } else { bytes.to_vec() };
        (bytes.len() >= SHORTEST).then_some(Self { bytes, ignore_case })
    }
}

/// Any of several: all of them need a set.
pub fn union(sets: impl IntoIterator<Item = Option<Vec<Literal>>>) -> Option<Vec<Literal>> {
    let mut all = Vec::new();
    for set in sets {
        all.extend(set?);
    }
    all.sort();
    all.dedup();
    (!all.is_empty() && all.len() <= MOST).then_some(all)
}

/// All of several: the set that is rarest by its looks is enough.
pub fn best(sets: impl IntoIterator<Item = Vec<Literal>>) -> Option<Vec<Literal>> {
    let shortest = |set: &Vec<Literal>| set.iter().map(|literal| literal.bytes.len()).min().unwrap_or(0);
    sets.into_iter().max_by_key(|set| (shortest(set).min(8), std::cmp::Reverse(set.len()), shortest(set)))
}

/// The literals of a regex.
pub fn of_hir(hir: &Hir) -> Option<Vec<Literal>> {
    let folds = has_case_pairs(hir);
    let folded = folds.then(|| fold(hir));
    let required = texts_of(folded.as_ref().unwrap_or(hir))?;
    union([required.iter().map(|bytes| Literal::new(bytes, folds)).collect()])
}

/// Whether a class stands for a letter in both cases, as `(?i)` makes them.
fn has_case_pairs(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(class) => case_pair(class).is_some(),
        HirKind::Repetition(repetition) => has_case_pairs(&repetition.sub),
        HirKind::Capture(capture) => has_case_pairs(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(has_case_pairs),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => false,
    }
}

/// The lower-case letter of a class that is that letter in both cases.
fn case_pair(class: &Class) -> Option<u8> {
    let letters: Vec<u8> = match class {
        Class::Bytes(class) => class.iter().flat_map(|range| [range.start(), range.end()]).collect(),
        Class::Unicode(class) => {
            let ends = class.iter().flat_map(|range| [range.start(), range.end()]);
            ends.map(|c| u8::try_from(c).ok()).collect::<Option<_>>()?
        }
    };
    match letters[..] {
        [upper, same, lower, last] if upper == same && lower == last && upper.is_ascii_uppercase() => {
            (upper.to_ascii_lowercase() == lower).then_some(lower)
        }
        _ => None,
    }
}

/// The pattern with letters in both cases, and all literals, in lower case: what it needs, it needs in some case.
fn fold(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0.to_ascii_lowercase()),
        HirKind::Class(class) => match case_pair(class) {
            Some(letter) => Hir::literal([letter]),
            None => lower_class(class),
        },
        HirKind::Look(look) => Hir::look(*look),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(fold(&repetition.sub))),
        HirKind::Capture(capture) => fold(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(fold).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(fold).collect()),
    }
}

/// A class in lower case; small classes become part of literals.
fn lower_class(class: &Class) -> Hir {
    use regex_syntax::hir::{ClassBytes, ClassBytesRange};
    match class {
        Class::Unicode(_) => Hir::class(class.clone()),
        Class::Bytes(bytes) => {
            let small = bytes.iter().map(|range| range.len()).sum::<usize>() <= 16;
            if !small {
                return Hir::class(class.clone());
            }
            let letters = bytes.iter().flat_map(|range| range.start()..=range.end());
            let lower = letters.map(|b| b.to_ascii_lowercase()).map(|b| ClassBytesRange::new(b, b));
            Hir::class(Class::Bytes(ClassBytes::new(lower)))
        }
    }
}

/// Texts one of which is in every match.
fn texts_of(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let direct = of_start(hir);
    let inner = match hir.kind() {
        HirKind::Capture(capture) => texts_of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => texts_of(&repetition.sub),
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<_>> = parts.iter().map(texts_of).collect();
            sets.map(|sets| sets.concat()).filter(|set| set.len() <= MOST)
        }
        HirKind::Concat(parts) => {
            let tails = (1..parts.len()).take(MOST).filter_map(|from| {
                of_start(&Hir::concat(parts.get(from..from + 8).or_else(|| parts.get(from..))?.to_vec()))
            });
            better(tails.chain(parts.iter().filter_map(texts_of)))
        }
        _ => None,
    };
    better(direct.into_iter().chain(inner))
}

fn better(sets: impl Iterator<Item = Vec<Vec<u8>>>) -> Option<Vec<Vec<u8>>> {
    let shortest = |set: &Vec<Vec<u8>>| set.iter().map(Vec::len).min().unwrap_or(0);
    sets.max_by_key(|set| (shortest(set).min(8), std::cmp::Reverse(set.len()), shortest(set)))
}

/// Texts with one of which every match begins.
fn of_start(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_total(MOST).limit_class(16);
    let mut seq: Seq = extractor.extract(hir);
    seq.optimize_for_prefix_by_preference();
    let literals = seq.literals()?;
    let long = literals.iter().all(|literal| literal.len() >= SHORTEST);
    (long && !literals.is_empty() && literals.len() <= MOST)
        .then(|| literals.iter().map(|literal| literal.as_bytes().to_vec()).collect())
}
