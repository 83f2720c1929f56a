//! Queries as the client writes them again after reading them.
//!
//! Parameters of one name stand together, where the first of them stood; one without a value has no `=`; a space becomes
//! `+`, and what is no ASCII is percent-encoded. Everything else stays as it is written. Invariant: what is written
//! again stays as it is, but for one `&` at its end, where there is one. Must never import a folder above `target`.

/// The query once more; `equals`: with `=` behind every name.
pub(in crate::plan) fn rewrite(query: &[u8], equals: bool) -> Vec<u8> {
    let text = String::from_utf8_lossy(query);
    let mut pairs: Vec<&str> = text.split('&').collect();
    // An empty end is no parameter.
    if pairs.last().is_some_and(|last| last.is_empty()) {
        pairs.pop();
    }
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for pair in pairs {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    let mut out = Vec::with_capacity(query.len());
    for (name, values) in groups {
        for value in values {
            if !out.is_empty() {
                out.push(b'&');
            }
            encode(name, &mut out);
            if equals || !value.is_empty() {
                out.push(b'=');
                encode(value, &mut out);
            }
        }
    }
    out
}

fn encode(text: &str, out: &mut Vec<u8>) {
    for c in text.chars() {
        match c {
            ' ' => out.push(b'+'),
            // Short as they are, so they are sent.
            '\0'..'\u{14}' | '\u{7f}' => out.extend_from_slice(format!("%{:x}", u32::from(c)).as_bytes()),
            c if c.is_ascii() => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            c => c
                .encode_utf8(&mut [0; 4])
                .bytes()
                .for_each(|byte| out.extend_from_slice(format!("%{byte:02x}").as_bytes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(query: &str) -> String {
        String::from_utf8(rewrite(query.as_bytes(), false)).expect("text")
    }

    #[test]
    fn parameters_of_one_name_stand_together() {
        for (query, again) in [
            ("a=1&b=2&a=3", "a=1&a=3&b=2"),
            ("keyword=&lat=&long=&long=&lat=", "keyword&lat&lat&long&long"),
            ("a=b=c&d", "a=b=c&d"),
            ("&a=1&", "a=1"),
            ("a=1&&b", "a=1&&b"),
            ("a&&", "a&"),
            ("q=x y&z=é\t", "q=x+y&z=%c3%a9%9"),
            ("=x&y=\"><script>", "=x&y=\"><script>"),
            ("{{228*'98'}}", "{{228*'98'}}"),
            ("", ""),
            ("&", ""),
        ] {
            assert_eq!(written(query), again, "{query}");
        }
        assert_eq!(rewrite(b"a&b=", true), b"a=&b=");
    }

    proptest! {
        #[test]
        fn what_is_written_again_stays(query in "[ -~é&=]{0,40}") {
            let once = written(&query);
            let stays = once.strip_suffix('&').unwrap_or(&once);
            prop_assert_eq!(written(&once), stays);
        }
    }
}
