//! A community pack as a whole, where one lies beside the checkout: its default selection is nuclei's own, it loads in
//! time, and what is kept of it is what was read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use outsight::base::Limits;
use outsight::pack::{Community, Facts, Kind, LeftOut, LoadedPack, Rules, Store, collect, load};

/// The pack's folder, where there is one.
fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora/nuclei-templates");
    let named = std::env::var_os("OUTSIGHT_TEMPLATES").map(PathBuf::from);
    named.or(Some(beside)).filter(|path| path.is_dir())
}

fn pack() -> Option<Community> {
    let mut collected = collect(&[folder()?.to_string_lossy().into_owned()], &Limits::default());
    assert!(!collected.diagnostics.has_errors(), "{:?}", collected.diagnostics);
    assert_eq!((collected.community.len(), collected.files.len()), (1, 0));
    Some(collected.community.remove(0))
}

#[test]
fn the_default_selection_is_that_of_nuclei() {
    let (Some(pack), Some(folder)) = (pack(), folder()) else { return };
    let Ok(list) = std::fs::read_to_string(folder.join("../universe/verdicts/default-run.txt")) else { return };
    let theirs: BTreeSet<&str> = list.lines().filter(|line| !line.is_empty()).collect();
    let LoadedPack { facts, invalid, .. } = load(&pack, None, &Limits::default());
    let is_refused = |id: &&&str| facts.iter().any(|facts| *facts.id == ***id && facts.refused.is_some());
    let is_ours = |facts: &&Facts| facts.left_out.is_none() && facts.kind == Kind::Http;
    let ours: BTreeSet<&str> = facts.iter().filter(is_ours).map(|facts| &*facts.id).collect();
    // What cannot be loaded at all (payload files that the pack lacks, expressions that are none) is refused here.
    let more: Vec<_> = ours.difference(&theirs).filter(|id| !is_refused(id)).collect();
    // Listed by nuclei, which then asks its matchers of nothing unless it is told to.
    let listens = |id: &&&str| {
        let waits =
            |facts: &Facts| matches!(&facts.left_out, Some(LeftOut::Sort(sort)) if &**sort == "global-matchers");
        facts.iter().any(|facts| *facts.id == ***id && waits(facts))
    };
    let less: Vec<_> = theirs.difference(&ours).filter(|id| !listens(id)).collect();
    assert!(more.is_empty() && less.is_empty(), "more: {more:?}\nless: {less:?}\ninvalid: {invalid:?}");
}

#[test]
fn what_is_kept_of_a_whole_pack_is_what_was_read() {
    let Some(pack) = pack() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::new(folder.path().join("packs"));
    let read = load(&pack, Some(&store), &Limits::default());
    let kept = load(&pack, Some(&store), &Limits::default());
    assert!(matches!(kept.rules, Rules::Kept(_)));
    assert_eq!((&read.facts, &read.invalid), (&kept.facts, &kept.invalid));
    let all: Vec<usize> = (0..read.rules.len()).collect();
    let (read, kept) = (read.rules.take(&all).expect("read"), kept.rules.take(&all).expect("whole"));
    for (read, kept) in read.iter().zip(&kept) {
        assert!(read.id == kept.id && read.sequence == kept.sequence && read.refused == kept.refused, "{}", read.id);
        assert_eq!(read.tier(), kept.tier(), "{}", read.id);
    }
}
