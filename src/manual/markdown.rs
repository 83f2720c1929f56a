//! Text of a rule's author as Markdown.
//!
//! Invariant: outside of code nothing that an author wrote is a link, an image, a tag or a cell's end; inside of code it
//! stays as it is. Must never import a folder above `base`.

use crate::base::Untrusted;
use crate::base::untrusted::is_unprintable;

/// Prose on one line. Code spans that the author wrote stay code.
pub(super) fn prose(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(text.len());
    let balanced = text.matches('`').count() % 2 == 0;
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            out.push_str(if balanced { "`" } else { "\\`" });
        }
        if balanced && at % 2 == 1 {
            out.push_str(&visible(part).replace('|', "\\|"));
        } else {
            push_escaped(&mut out, &visible(part));
        }
    }
    out
}

/// A code span on one line, cut where it is very long.
pub(super) fn code(text: &str) -> String {
    const MOST: usize = 240;
    let shown = Untrusted(text).terminal_short(MOST);
    let fence = "`".repeat(longest_run(&shown) + 1);
    let pad = if shown.starts_with('`') || shown.ends_with('`') || shown.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// A block of code.
pub(super) fn block(text: &str) -> String {
    let fence = "`".repeat((longest_run(text) + 1).max(3));
    let lines: Vec<String> = text.trim_end().lines().map(visible).collect();
    format!("{fence}\n{}\n{fence}\n", lines.join("\n"))
}

/// A title with its expressions as names: `Cookie {{cookie.name}}` becomes `Cookie ‹cookie.name›`.
pub(super) fn title(source: &str) -> String {
    let names = source.replace("{{", "‹").replace("}}", "›");
    let names = names.trim_end_matches("‹case›").trim_end_matches([':', ' ']);
    prose(if names.is_empty() { source } else { names })
}

/// A list of words in English: `a, b or c`.
pub(super) fn listed(words: &[String], last_word: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {last_word} {last}", most.join(", ")),
    }
}

fn visible(text: &str) -> String {
    text.chars().map(|c| if is_unprintable(c) { '\u{fffd}' } else { c }).collect()
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '[' | ']' | '*' | '_' | '|' | '\\' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_author_writes_is_no_markup() {
        assert_eq!(prose("<script>x</script> [a](b) *b* | c"), "&lt;script>x&lt;/script> \\[a\\](b) \\*b\\* \\| c");
        assert_eq!(prose("Put it on `<script>` and `a|b`."), "Put it on `<script>` and `a\\|b`.");
        assert_eq!(prose("an odd ` tick <b>"), "an odd \\` tick &lt;b>");
        assert_eq!(prose("two\nlines \u{202e}x"), "two lines \u{fffd}x");
    }

    #[test]
    fn code_stays_what_it_is() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(code("a\nb"), "`a\\nb`");
        assert!(code(&"x".repeat(1000)).chars().count() < 250);
        assert_eq!(block("a\n```\nb\n"), "````\na\n```\nb\n````\n");
    }

    #[test]
    fn titles_show_names_for_expressions() {
        assert_eq!(title("Cookie {{cookie.name}} is weak"), "Cookie ‹cookie.name› is weak");
        assert_eq!(title("Other sites may read answers: {{case}}"), "Other sites may read answers");
        assert_eq!(title("{{case}}"), "{{case}}");
    }
}
