//! Whether every match of a regex begins with a keyword, so that the regex need only be tried where one stands.
//!
//! Invariant: a yes is certain; whatever cannot be told is a no, which costs time and never a token.
//! Must never import a folder above `expr`.

use std::sync::Arc;

use regex_syntax::hir::{Class, Hir, HirKind};

/// The most beginnings that are told apart.
const MOST: usize = 256;

/// How a match can begin, in lower case, and whether the text goes on from there.
struct Heads {
    texts: Vec<Vec<u8>>,
    /// Whether what follows in the regex follows these texts.
    closed: bool,
}

/// Whether every match begins with one of the keywords, ASCII case ignored.
pub(super) fn begins_with(hir: &Hir, keywords: &[Arc<str>]) -> bool {
    let keywords: Vec<Vec<u8>> = keywords.iter().map(|word| word.as_bytes().to_ascii_lowercase()).collect();
    let longest = keywords.iter().map(Vec::len).max().unwrap_or(0);
    let Some(heads) = heads(hir, longest) else { return false };
    let begins = |text: &Vec<u8>| keywords.iter().any(|word| text.starts_with(word));
    !heads.texts.is_empty() && heads.texts.iter().all(begins)
}

/// The beginnings of what a node matches, `need` bytes of them or fewer; `None` where there are too many.
fn heads(hir: &Hir, need: usize) -> Option<Heads> {
    let open = || Some(Heads { texts: vec![Vec::new()], closed: false });
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(Heads { texts: vec![Vec::new()], closed: true }),
        HirKind::Literal(literal) => Some(Heads { texts: vec![literal.0.to_ascii_lowercase()], closed: true }),
        HirKind::Class(class) => letters(class).map_or_else(open, |bytes| {
            Some(Heads { texts: bytes.into_iter().map(|byte| vec![byte]).collect(), closed: true })
        }),
        HirKind::Capture(capture) => heads(&capture.sub, need),
        HirKind::Repetition(repetition) if repetition.min == 0 => open(),
        HirKind::Repetition(repetition) => {
            let once = heads(&repetition.sub, need)?;
            let times = usize::try_from(repetition.min).unwrap_or(need).min(need.max(1));
            let whole = repetition.max == Some(repetition.min) && times == repetition.min as usize;
            let mut all = Heads { texts: vec![Vec::new()], closed: true };
            for _ in 0..times {
                all = follow(all, &once, need)?;
            }
            Some(Heads { closed: all.closed && whole, ..all })
        }
        HirKind::Concat(parts) => {
            let mut all = Heads { texts: vec![Vec::new()], closed: true };
            for part in parts {
                if !all.closed || all.texts.iter().all(|text| text.len() >= need) {
                    break;
                }
                all = follow(all, &heads(part, need)?, need)?;
            }
            Some(all)
        }
        HirKind::Alternation(parts) => {
            let mut all = Heads { texts: Vec::new(), closed: true };
            for part in parts {
                let found = heads(part, need)?;
                all.texts.extend(found.texts);
                all.closed &= found.closed;
            }
            (all.texts.len() <= MOST).then_some(all)
        }
    }
}

/// Every text of the one followed by every text of the other.
fn follow(before: Heads, after: &Heads, need: usize) -> Option<Heads> {
    if !before.closed {
        return Some(before);
    }
    if before.texts.len().saturating_mul(after.texts.len()) > MOST {
        return before.texts.iter().all(|text| text.len() >= need).then_some(before);
    }
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for start in &before.texts {
        texts.extend(after.texts.iter().map(|end| [&start[..], end].concat()));
    }
    texts.sort_unstable();
    texts.dedup();
    Some(Heads { texts, closed: after.closed })
}

/// The bytes of a class in lower case, where they are few.
fn letters(class: &Class) -> Option<Vec<u8>> {
    let mut found: Vec<u8> = Vec::new();
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
        Class::Unicode(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    for (first, last) in ranges {
        if last >= 128 || last - first > 16 {
            return None;
        }
        found.extend((first..=last).filter_map(|byte| u8::try_from(byte).ok()).map(|byte| byte.to_ascii_lowercase()));
    }
    found.sort_unstable();
    found.dedup();
    (found.len() <= 16).then_some(found)
}
