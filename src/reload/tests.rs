use std::fs;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::base::Limits;

/// Longer than any machine needs; a test that waits so long has failed.
const LONG: Duration = Duration::from_secs(20);

fn rule(id: &str, status: u16) -> String {
    format!(
        "id: {id}\ntitle: T\nseverity: low\ncategory: exposure\napplies_to: host\nrequest: {{ get: /x }}\n\
         match: {{ status: {status} }}\n\
         tests:\n  yes: {{ given: {{ status: {status} }}, expect: match }}\n  no: {{ given: {{ status: 404 }}, expect: clean }}\n"
    )
}

fn session(folder: &Path) -> Session {
    Session::new(vec![folder.to_str().expect("UTF-8").to_owned()], Limits::default())
}

fn names(names: &[std::sync::Arc<str>]) -> Vec<&str> {
    names.iter().map(|name| name.rsplit('/').next().unwrap_or(name)).collect()
}

#[test]
fn only_what_changed_is_read_again_and_a_broken_save_keeps_the_last_good_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.yaml"), rule("a-rule", 200)).expect("written");
    fs::write(path("b.yaml"), rule("b-rule", 200)).expect("written");
    let mut session = session(folder.path());
    let first = session.refresh().expect("everything is new");
    assert_eq!((first.rules.len(), session.rules()), (2, 2), "{:?}", first.diagnostics);
    assert!(session.refresh().is_none());

    fs::write(path("a.yaml"), rule("a-rule", 201)).expect("written");
    let second = session.refresh().expect("a change");
    assert_eq!((names(&second.changed), second.rules.len()), (vec!["a.yaml"], 1));

    fs::write(path("a.yaml"), "id: a-rule\nmtach: {}\n").expect("written");
    let broken = session.refresh().expect("a change");
    assert!(broken.diagnostics.has_errors() && broken.rules.is_empty());
    assert_eq!((names(&broken.kept), session.rules()), (vec!["a.yaml"], 2));

    fs::remove_file(path("a.yaml")).expect("removed");
    let gone = session.refresh().expect("a change");
    assert_eq!((names(&gone.removed), session.rules()), (vec!["a.yaml"], 1));
}

#[test]
fn what_is_shared_reaches_its_users_and_nobody_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("p/lists")).expect("created");
    fs::create_dir_all(path("q")).expect("created");
    let listed = rule("listed", 200).replace(
        "request: { get: /x }",
        "for_each: { path: { from: file, path: lists/paths.txt } }\nrequest: { get: \"{{path}}\" }",
    );
    fs::write(path("p/listed.yaml"), listed).expect("written");
    fs::write(path("p/plain.yaml"), rule("plain", 200)).expect("written");
    fs::write(path("p/lists/paths.txt"), "/a\n").expect("written");
    fs::write(path("p/shared.yaml"), "define: { fine: { status: 200 } }\n").expect("written");
    fs::write(path("q/other.yaml"), rule("other", 200)).expect("written");
    let mut session = session(folder.path());
    let first = session.refresh().expect("everything is new");
    assert_eq!(first.rules.len(), 3, "{:?}", first.diagnostics);
    let ids = |reloaded: &Reloaded| reloaded.rules.iter().map(|rule| rule.id.to_string()).collect::<Vec<_>>();

    fs::write(path("p/lists/paths.txt"), "/a\n/b\n").expect("written");
    assert_eq!(ids(&session.refresh().expect("a change")), ["listed"]);
    fs::write(path("p/shared.yaml"), "define: { fine: { status: 201 } }\n").expect("written");
    assert_eq!(ids(&session.refresh().expect("a change")), ["listed", "plain"]);
}

#[test]
fn every_way_of_saving_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.yaml"), rule("a-rule", 200)).expect("written");
    let mut session = session(folder.path());
    session.refresh().expect("everything is new");
    let watch = Watch::start(&[folder.path().to_path_buf()]).expect("a watch");
    let mut noticed = |what: &str| {
        let until = std::time::Instant::now() + LONG;
        while std::time::Instant::now() < until {
            if watch.wait(LONG)
                && let Some(reloaded) = session.refresh()
            {
                return reloaded;
            }
        }
        panic!("{what} was not noticed");
    };
    fs::write(path("a.yaml"), rule("a-rule", 201)).expect("written");
    assert_eq!(names(&noticed("a save in place").changed), ["a.yaml"]);
    fs::write(path(".a.yaml.tmp"), rule("a-rule", 202)).expect("written");
    fs::rename(path(".a.yaml.tmp"), path("a.yaml")).expect("renamed");
    assert_eq!(names(&noticed("an atomic rename").changed), ["a.yaml"]);
    fs::create_dir(path("sub")).expect("created");
    fs::write(path("sub/new.yaml"), rule("new-rule", 200)).expect("written");
    assert_eq!(names(&noticed("a new file in a new folder").changed), ["new.yaml"]);
    fs::remove_file(path("a.yaml")).expect("removed");
    assert_eq!(names(&noticed("a deletion").removed), ["a.yaml"]);
}

#[test]
fn a_single_file_is_watched_through_renames_and_its_neighbours_ignored() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.yaml");
    fs::write(&file, "x").expect("written");
    let watch = Watch::start(std::slice::from_ref(&file)).expect("a watch");
    fs::write(folder.path().join("neighbour.yaml"), "y").expect("written");
    assert!(!watch.wait(Duration::from_millis(300)));
    fs::write(folder.path().join("tmp"), "z").expect("written");
    fs::rename(folder.path().join("tmp"), &file).expect("renamed");
    assert!(watch.wait(LONG));
    assert!(Watch::start(&[folder.path().join("nowhere/at-all.yaml")]).is_err());
}
