//! The registry of diagnostic codes: every code that Outsight can print, with its meaning in one line.
//!
//! R = rule, E = expression, C = configuration and command line, T = target, N = network, I = internal. R00xx speak of
//! a rule file's YAML. Invariant: a code, once published, keeps its meaning, and none is listed twice.
//! Must never import a folder above `base`.

/// Every code and what it means, in order of the codes.
pub const CODES: &[(&str, &str)] = &[
    ("R0001", "a rule file is larger than the limit"),
    ("R0002", "a rule file is not UTF-8"),
    ("R0003", "a rule file holds nothing"),
    ("R0004", "a rule file is not YAML: the place and the likely reason are named"),
    ("R0005", "a rule file is nested too deeply"),
    ("R0006", "a rule file has too many values"),
    ("R0007", "a rule file holds several YAML documents"),
    ("R0008", "a rule file holds a control character or one that reorders or hides text"),
    ("R0009", "a rule file holds a line break that editors and parsers see differently"),
    ("R0010", "a tab where YAML wants spaces"),
    ("R0011", "a YAML anchor or alias where there are none, or an alias without its anchor"),
    ("R0012", "a YAML tag or directive"),
    ("R0013", "a YAML merge key where there is none, or one that merges no map"),
    ("R0014", "aliases are too many, expand to too much or contain themselves"),
    ("R0015", "a key occurs twice in one map"),
    ("R0016", "a key is missing or is not text"),
    ("R0017", "a key without a value, or an empty item of a list"),
    ("R0018", "a value is cut off by a `#` that is glued to a word"),
    ("R0019", "an escape in double quotes that writes an invisible character, most likely meant for a regex"),
    ("R0020", "braces of an expression that YAML takes for a map: quotes are missing"),
    ("R0021", "an escape that double-quoted YAML does not know, most likely meant for a regex"),
    ("R0022", "a character that YAML reserves begins a value: quotes are missing"),
    ("T0001", "a target is not a URL, a host, `host:port`, an address or a network"),
    ("T0002", "a target's scheme is neither http nor https"),
    ("T0003", "a target holds a user name or a password"),
    ("T0004", "a target's port is not a number from 1 to 65535"),
    ("T0005", "a target's network has too many addresses"),
    ("T0006", "a line of a list of targets is too long"),
    ("T0007", "a list of targets cannot be read to its end"),
    ("T0008", "a line of a list of targets holds a control character or is not UTF-8"),
    ("T0009", "a line of a list of targets holds more than one"),
    ("I0001", "the output cannot be written"),
    ("I0002", "the verdicts of a run do not add up to its plan"),
    ("I0003", "a run made no progress any more"),
    ("I0004", "the machine allows no more threads"),
];

/// What a code means; `None` where there is no such code.
pub fn meaning(code: &str) -> Option<&'static str> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_sorted_within_their_letter_and_explained() {
        let letter = |code: &str| code.chars().next();
        for pair in CODES.windows(2) {
            let same = letter(pair[0].0) == letter(pair[1].0);
            assert!(!same || pair[0].0 < pair[1].0, "{} is not before {}", pair[0].0, pair[1].0);
        }
        for (code, text) in CODES {
            assert_eq!(CODES.iter().filter(|(other, _)| other == code).count(), 1, "{code} is listed twice");
            assert!(code.len() == 5 && code.starts_with(['R', 'E', 'C', 'T', 'N', 'I']), "{code}");
            assert!(code.bytes().skip(1).all(|byte| byte.is_ascii_digit()), "{code}");
            assert!(!text.is_empty() && !text.ends_with('.'), "{code}: {text}");
        }
        assert_eq!(meaning("R0003"), Some("a rule file holds nothing"));
        assert_eq!(meaning("R9999"), None);
    }
}
