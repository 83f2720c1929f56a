//! The survey of a port, driven without sockets: a server by its description (`tests/golden/survey/NAME.in`), the
//! questions it is asked and what they come to (`NAME.out`).

mod model;
mod reader;
mod shown;

use outsight::observation::TlsSurvey;
use outsight::wire::tls::survey::{Ask, Survey, bound};
use proptest::prelude::*;

use crate::goldens;
use model::Model;

/// Questions at once, as on the wire.
const AT_ONCE: usize = 4;

/// Drives a survey of a model to its end; gives it with the questions in their order.
fn conduct(model: &Model) -> (TlsSurvey, Vec<Ask>) {
    let blank = TlsSurvey { depth: model.depth, name: Some("a.example".into()), ..TlsSurvey::default() };
    let mut survey = Survey::new(blank, vec![[192, 0, 2, 1].into()], [7; 32]);
    let (mut asked, mut waiting) = (Vec::new(), Vec::new());
    loop {
        while waiting.len() < AT_ONCE {
            let Some(ask) = survey.ask() else { break };
            waiting.push(ask);
        }
        if waiting.is_empty() {
            break;
        }
        let ask: Ask = waiting.remove(0);
        survey.told(ask.id, model.hear(&ask.question, asked.len()));
        asked.push(ask);
    }
    (survey.finish(), asked)
}

#[test]
fn servers_are_surveyed_as_they_are() {
    goldens::hold_each("tests/golden/survey", |text| {
        let (survey, asked) = conduct(&Model::read(text));
        shown::text(&survey, &asked)
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever a server does, the survey ends within its bound and finds no version that is not there; of a server that
    /// answers everything it finds all.
    #[test]
    fn a_survey_ends_and_invents_nothing(seed in any::<u64>(), full in any::<bool>(), trouble in 0u64..100) {
        let model = Model::erratic(seed, full, trouble);
        let (survey, asked) = conduct(&model);
        prop_assert!(asked.len() <= bound(model.depth) as usize);
        for version in &survey.versions {
            let speaks = model.suites(version.version).is_some();
            prop_assert!(speaks || !version.told.is_accepted(), "{version:?}");
            prop_assert!(trouble > 0 || !speaks || version.told.is_accepted(), "{version:?}");
            if trouble == 0 && full && speaks {
                let mut found = version.suites.clone();
                let mut had: Vec<u32> = model.suites(version.version).into_iter().flatten().map(|suite| u32::from(*suite)).collect();
                found.sort_unstable();
                had.sort_unstable();
                prop_assert_eq!(found, had);
                prop_assert!(version.complete);
            }
        }
    }
}
