//! A survey as text: what was asked, and what is known.

use std::fmt::Write as _;

use outsight::observation::{TlsSurvey, Told, VersionSurvey};
use outsight::wire::tls::survey::{Ask, Question};

use super::reader::Offered;

/// The text.
pub fn text(survey: &TlsSurvey, asked: &[Ask]) -> String {
    let mut out = format!("asked {} (hellos {})\n", asked.len(), survey.hellos);
    for ask in asked {
        let _ = writeln!(out, "  {}{}", question(&ask.question), if ask.pause.is_zero() { "" } else { ", again" });
    }
    let session = survey.session.as_ref().map(|session| format!("{} alpn {:?}", session.version, session.alpn));
    let _ = writeln!(out, "session {}", session.or_else(|| survey.no_session.clone()).unwrap_or_default());
    survey.versions.iter().for_each(|known| version(&mut out, known));
    let accepted = |list: &mut dyn Iterator<Item = (String, Told)>| -> String {
        list.filter(|(_, told)| told.is_accepted()).map(|(name, _)| format!(" {name}")).collect()
    };
    let _ = writeln!(
        out,
        "groups 1.3{}",
        accepted(&mut survey.groups.iter().map(|told| (told.group.to_string(), told.tls13)))
    );
    let _ = writeln!(
        out,
        "groups 1.2{}",
        accepted(&mut survey.groups.iter().map(|told| (told.group.to_string(), told.tls12)))
    );
    let _ = writeln!(
        out,
        "schemes{}",
        accepted(&mut survey.schemes.iter().map(|told| (format!("{:04x}", told.scheme), told.told)))
    );
    let _ = writeln!(out, "alpn{}", accepted(&mut survey.alpn.iter().map(|told| (told.protocol.clone(), told.told))));
    let _ = writeln!(out, "client renegotiation {:?}", survey.client_renegotiation);
    let _ = writeln!(out, "fallback {:?}", survey.fallback_scsv);
    let _ = writeln!(out, "without name {:?}", survey.without_name);
    let _ = writeln!(out, "{:?}", survey.resumption);
    let _ = writeln!(out, "{:?}", survey.tolerance);
    let _ = writeln!(out, "not tls {:?}", survey.not_tls);
    let _ = writeln!(out, "jarm {}", survey.jarm.as_deref().unwrap_or("none"));
    out
}

fn question(question: &Question) -> String {
    match question {
        Question::Ssl2(_) => "SSLv2 hello".to_owned(),
        Question::Handshake(wish) => {
            let most = wish.most.map_or("TLSv1.3", |most| most.name());
            format!("handshake to {most}{}", wish.resume.map_or(String::new(), |resume| format!(", {resume:?}")))
        }
        Question::Renegotiation(hello) => format!("renegotiation, {} suites", hello.suites.len()),
        Question::Hello(bytes, until) => {
            let offered = Offered::read(bytes).expect("a hello");
            format!("hello {:04x}, {} suites, {until:?}", offered.most(), offered.suites.len())
        }
    }
}

fn version(out: &mut String, known: &VersionSurvey) {
    let _ = write!(out, "{} {:?}", known.version.name(), known.told);
    if known.told.is_accepted() {
        let suites: String = known.suites.iter().map(|suite| format!(" {suite:04x}")).collect();
        let _ = write!(out, ",{suites}, complete {}, classes {}", known.complete, known.classes_complete);
        let _ = write!(
            out,
            ", forbidden {:?}, fs {:?}, aead {:?}",
            known.forbidden.known(),
            known.forward_secret.known(),
            known.authenticated.known()
        );
        let _ = write!(
            out,
            ", order {:?}, group {:?}, dh {:?}",
            known.preference,
            known.group,
            known.dh.as_ref().map(|dh| dh.bits)
        );
        let _ = write!(out, ", export rsa {:?}, compression {:?}", known.export_rsa_bits, known.compression.known());
        let _ = write!(out, ", renegotiation {:?}, chain {}", known.secure_renegotiation, known.chain.len());
    }
    out.push('\n');
}
