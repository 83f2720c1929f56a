//! Servers with nothing wrong but their manners: what is found there is what they speak, and no fault of theirs.

use std::time::Duration;

use super::super::authority::{Leaf, issue};
use super::super::fake::{Fake, Manners};
use super::super::modern::Modern;
use super::{Made, Server};

pub const ALL: [Server; 10] = [
    Server { name: "slow", make: || mannered(|it| it.delay = Duration::from_millis(150)), raises: &["tls-no-tls13"] },
    Server { name: "fragmented", make: || mannered(|it| it.fragment = Some(9)), raises: &["tls-no-tls13"] },
    Server {
        name: "drops-middling-hellos",
        make: || mannered(|it| it.drops = Some(256..=511)),
        raises: &["tls-intolerant", "tls-no-tls13"],
    },
    Server {
        name: "drops-long-lists",
        make: || mannered(|it| it.most_suites = Some(60)),
        raises: &["tls-intolerant", "tls-no-tls13"],
    },
    Server {
        name: "fears-tls13",
        make: || {
            let identity = issue(&Leaf::good());
            let old = Modern::good(identity.clone()).with(|it| it.versions = vec![&rustls::version::TLS12]).config();
            let fake = Fake::tls12(identity).with(|it| it.modern = Some(old));
            fake.mannered(|it| it.fears_tls13 = true).into()
        },
        raises: &["tls-intolerant", "tls-no-tls13"],
    },
    Server { name: "refuses-mutely", make: || mannered(|it| it.refuses_mutely = true), raises: &["tls-no-tls13"] },
    Server {
        name: "insists",
        make: || {
            let insisting = Fake::tls12(issue(&Leaf::good())).with(|it| it.protocols = vec!["imap"]);
            insisting.mannered(|it| it.insists = true).into()
        },
        raises: &["tls-no-tls13"],
    },
    Server {
        name: "insists-today",
        make: || Modern::good(issue(&Leaf::good())).with(|it| it.protocols = vec!["postgresql"]).into(),
        raises: &[],
    },
    Server { name: "tires", make: || mannered(|it| it.tires_after = Some(4)), raises: &[] },
    Server {
        name: "two-libraries",
        make: || {
            let identity = issue(&Leaf::good());
            let config = Modern::good(identity.clone()).config();
            Fake::tls12(identity).with(|it| it.modern = Some(config)).into()
        },
        raises: &[],
    },
];

fn mannered(change: impl FnOnce(&mut Manners)) -> Made {
    Fake::tls12(issue(&Leaf::good())).mannered(change).into()
}
