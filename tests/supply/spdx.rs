//! Licence expressions (SPDX 2.3, annex D): `OR`, `AND`, parentheses, `WITH`, and the old `/` for `OR`.

/// Whether an expression holds where `allowed` says which licences (exceptions included) are. What cannot be read does
/// not hold.
pub fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any(&words, &mut at, allowed) == Some(true) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut holds = all(words, at, allowed)?;
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        holds |= all(words, at, allowed)?;
    }
    Some(holds)
}

fn all(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let mut holds = one(words, at, allowed)?;
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        holds &= one(words, at, allowed)?;
    }
    Some(holds)
}

fn one(words: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> Option<bool> {
    let word = *words.get(*at)?;
    *at += 1;
    if word == "(" {
        let holds = any(words, at, allowed)?;
        *at += 1;
        return (words.get(*at - 1) == Some(&")")).then_some(holds);
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1)?;
        *at += 2;
        return Some(allowed(&format!("{word} WITH {exception}")));
    }
    Some(allowed(word))
}

#[test]
fn expressions_are_read_as_written() {
    let mit = |id: &str| id == "MIT" || id == "ISC";
    assert!(satisfied("MIT OR GPL-3.0", &mit));
    assert!(satisfied("GPL-3.0/MIT", &mit));
    assert!(!satisfied("MIT AND GPL-3.0", &mit));
    assert!(satisfied("(GPL-3.0 OR MIT) AND ISC", &mit));
    assert!(!satisfied("MIT WITH Some-exception", &mit));
    assert!(
        !satisfied("", &mit) && !satisfied("MIT OR", &mit) && !satisfied("(MIT", &mit) && !satisfied("MIT MIT", &mit)
    );
}
