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
    ("R0101", "a key that its map does not have"),
    ("R0102", "a key that is needed is missing"),
    ("R0103", "a value of another shape than its key wants"),
    ("R0104", "a word that is none of those allowed"),
    ("R0105", "a number, or a text that should be one, that is wrong or out of bounds"),
    ("R0106", "a name that cannot be one: its form is wrong, or the language uses it"),
    ("R0107", "a name that has a meaning already"),
    ("R0108", "a name that nothing has, or that is not known yet"),
    ("R0109", "a bare subject that has no answer, or several, to speak of"),
    ("R0110", "nothing of that name can be asked about"),
    ("R0111", "a predicate that makes no sense of its subject"),
    ("R0112", "a regex that is wrong, or meant as a template"),
    ("R0113", "a JSON path, selector, date, version range or hexadecimal text that is wrong"),
    ("R0114", "a block that adds a line break or folds lines where texts are compared"),
    ("R0115", "a `not` with other than one entry"),
    ("R0116", "a quantifier over what has no items, or over several things at once, or without a bound"),
    ("R0117", "definitions that use themselves, nest too deeply or expand to too much"),
    ("R0118", "a source of items that is wrong or gives none"),
    ("R0119", "a list file that is missing or empty"),
    ("R0120", "requests for found items without a bound"),
    ("R0121", "a request that says nothing, several things at once, or what cannot be sent that way"),
    ("R0122", "a ladder of levels that is wrong"),
    ("R0123", "keys of a rule that do not go together"),
    ("R0124", "an item that a request does not name"),
    ("R0125", "a key of a predicate or source that does not go with the others"),
    ("R0126", "an inline test that names what its rule does not have"),
    ("R0127", "a rule that sends more requests than allowed"),
    ("R0128", "two rules of one name"),
    ("R0129", "a subject that the wire of its request never brings"),
    ("R0201", "warning: a negated predicate on a value that may be missing"),
    ("R0202", "warning: the absence of something in a body whose kind is not asked for"),
    ("R0203", "warning: a field name that servers are not known to send"),
    ("R0204", "warning: a definition that is never used"),
    ("R0205", "warning: an exposure rule without comparison to the baseline"),
    ("R0206", "warning: a case that no test expects"),
    ("R0207", "warning: a rule without tests, or with tests of one outcome only"),
    ("R0208", "warning: a recording, which cannot be replayed in tests yet"),
    ("R0209", "warning: a plain text that other YAML programs read as another value"),
    ("R0210", "warning: a key that a template does not have"),
    ("R0211", "warning: a matcher or extractor of a template that has nothing to look for"),
    ("R0901", "an inline test of a rule fails"),
    ("R0902", "a condition whose loss no test of its rule notices"),
    ("R0951", "a template does what native rules have no words for"),
    ("E0101", "an expression has something where something else is expected"),
    ("E0102", "a text in an expression has no closing quote"),
    ("E0103", "braces of an expression are not closed, or are ambiguous"),
    ("E0104", "an expression nests too deeply"),
    ("E0105", "there is no function of that name"),
    ("E0106", "a function has too few or too many arguments"),
    ("E0107", "a value of the wrong type in an expression"),
    ("E0108", "an expression reads a name that is not there"),
    ("E0109", "a number in an expression cannot be read or held"),
    ("E0110", "an unknown escape in a text of an expression"),
    ("E0111", "a regex in an expression is computed, too long or wrong"),
    ("E0112", "a pipe that two people would read differently"),
    ("E0113", "an expression that reads no name and can never have a value"),
    ("C0101", "the configuration file cannot be read or is no map of settings"),
    ("C0102", "the configuration has a setting that does not exist"),
    ("C0103", "a setting has a value that is wrong"),
    ("C0201", "there is no rule file, folder or pack of that name"),
    ("C0202", "a file or folder of rules cannot be read"),
    ("C0203", "there are more rule files, or more bytes of them, than are read"),
    ("C0204", "the manifest of a pack is wrong"),
    ("C0205", "changes of files cannot be watched"),
    ("C0206", "what was named holds no rule"),
    ("C0207", "there is nothing to watch"),
    ("C0208", "a file is named that is no rule file"),
    ("C0209", "the file that says what a community pack leaves out is wrong"),
    ("C0210", "a profile of a community pack is missing or wrong"),
    ("C0211", "warning: something in a profile has no effect"),
    ("C0212", "warning: files of a community pack are wrong and left out"),
    ("C0301", "a line of the scope is wrong"),
    ("C0302", "no rule is selected"),
    ("C0303", "there is no target"),
    ("C0304", "a list of targets cannot be opened"),
    ("C0305", "the file of scope rules cannot be read"),
    ("C0306", "no rule or tag is called so"),
    ("C0307", "a rule may not or cannot run"),
    ("C0310", "a `--resolve` entry is wrong"),
    ("C0311", "the address of the proxy cannot be read"),
    ("C0312", "a certificate file cannot be read"),
    ("C0313", "a certificate file is not PEM or lacks what is needed"),
    ("C0401", "an output cannot be written to its end"),
    ("C0402", "two outputs write the same file"),
    ("C0403", "an output cannot be opened"),
    ("C0404", "the output to resume cannot be read"),
    ("C0405", "a page of the manual cannot be read or written"),
    ("C0501", "the demo cannot listen on its port"),
    ("C0502", "the interaction server cannot listen on an address"),
    ("C0503", "an interaction server elsewhere cannot be used"),
    ("C0504", "settings of interactions out of band do not fit together"),
    ("T0001", "a target is not a URL, a host, `host:port`, an address or a network"),
    ("T0002", "a target's scheme is neither http nor https"),
    ("T0003", "a target holds a user name or a password"),
    ("T0004", "a target's port is not a number from 1 to 65535"),
    ("T0005", "a target's network has too many addresses"),
    ("T0006", "a line of a list of targets is too long"),
    ("T0007", "a list of targets cannot be read to its end"),
    ("T0008", "a line of a list of targets holds a control character or is not UTF-8"),
    ("T0009", "a line of a list of targets holds more than one"),
    ("T0010", "a target is a path, and nothing is there"),
    ("I0001", "the output cannot be written"),
    ("I0002", "the verdicts of a run do not add up to its plan"),
    ("I0003", "a run made no progress any more"),
    ("I0004", "the machine allows no more threads"),
    ("I0101", "arguments were understood in two ways"),
    ("I0102", "the runtime cannot be started"),
    ("I0310", "TLS cannot be set up"),
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
