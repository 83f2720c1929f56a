//! "Did you mean": the closest of some known names.
//!
//! Invariant: the answer depends only on the set of candidates, never on their order. Must never import another folder.

/// The candidate that a misspelt name most likely meant, if one is close enough.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 64 {
        return None;
    }
    let wanted = name.to_lowercase().replace(['-', ' '], "_");
    let limit = (wanted.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| {
            let plain = candidate.to_lowercase().replace(['-', ' '], "_");
            (strsim::damerau_levenshtein(&wanted, &plain), candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_slips_and_leaves_strangers_alone() {
        let known = ["matches", "match", "headers", "starts_with"];
        assert_eq!(closest("mathces", known), Some("matches"));
        assert_eq!(closest("starts-with", known), Some("starts_with"));
        assert_eq!(closest("header", known), Some("headers"));
        assert_eq!(closest("zzz", known), None);
    }
}
