//! The table of suites: whole, unambiguous, and as OpenSSL has it.

use std::collections::BTreeSet;

use super::*;

#[test]
fn every_line_is_a_suite_of_its_own() {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!((all().len(), lines), (375, 375));
    let numbers: BTreeSet<u32> = all().iter().map(|suite| suite.number).collect();
    let names: BTreeSet<&str> = all().iter().map(|suite| suite.name).collect();
    assert_eq!((numbers.len(), names.len()), (all().len(), all().len()));
    let unread = |suite: &&Suite| {
        suite.mac == "none" && suite.cipher != "NULL" || suite.cipher == "NULL" && !suite.name.contains("NULL")
    };
    let unread: Vec<&str> = all().iter().filter(unread).map(|suite| suite.name).collect();
    assert_eq!(unread, ["TLS_SHA256_SHA256", "TLS_SHA384_SHA384"], "suites of RFC 9150, which encrypt nothing");
}

#[test]
fn a_name_says_what_its_suite_does() {
    let told = |name: &str| {
        let suite = of_name(name).expect(name);
        let parts = (suite.key_exchange.name(), suite.authentication.name(), suite.cipher, suite.bits, suite.mac);
        (parts, suite.classes().map(Class::name).collect::<Vec<_>>())
    };
    let expected = [
        ("TLS_AES_128_GCM_SHA256", ("any", "any", "AES-128-GCM", 128, "AEAD"), vec![]),
        ("ECDHE-RSA-AES256-GCM-SHA384", ("ECDHE", "RSA", "AES-256-GCM", 256, "AEAD"), vec![]),
        ("TLS_RSA_WITH_AES_128_CBC_SHA", ("RSA", "RSA", "AES-128-CBC", 128, "SHA1"), vec!["static-rsa", "cbc"]),
        (
            "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5",
            ("DHE", "none", "RC4", 40, "MD5"),
            vec!["anonymous", "export", "rc4", "md5"],
        ),
        ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", ("ECDHE", "RSA", "3DES-EDE-CBC", 112, "SHA1"), vec!["3des", "cbc"]),
        ("TLS_RSA_WITH_DES_CBC_SHA", ("RSA", "RSA", "DES-CBC", 56, "SHA1"), vec!["des", "static-rsa", "cbc"]),
        (
            "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
            ("RSA", "RSA", "3DES-EDE-CBC", 112, "MD5"),
            vec!["3des", "md5", "static-rsa", "cbc"],
        ),
        ("TLS_ECDH_ECDSA_WITH_NULL_SHA", ("ECDH", "ECDSA", "NULL", 0, "SHA1"), vec!["null", "static"]),
        ("TLS_PSK_WITH_AES_256_CCM_8", ("PSK", "PSK", "AES-256-CCM-8", 256, "AEAD"), vec!["static"]),
        // The password alone opens nothing that was recorded (RFC 5054 §2.8).
        ("TLS_SRP_SHA_WITH_AES_128_CBC_SHA", ("SRP", "password", "AES-128-CBC", 128, "SHA1"), vec!["cbc"]),
        ("TLS_SHA256_SHA256", ("any", "any", "NULL", 0, "SHA256"), vec!["null"]),
    ];
    for (name, parts, classes) in expected {
        assert_eq!(told(name), (parts, classes), "{name}");
    }
}

#[test]
fn versions_have_the_suites_that_they_know() {
    let count = |version| all().iter().filter(|suite| suite.goes_with(version)).count();
    assert!(count(TlsVersion::Tls13) >= 9 && count(TlsVersion::Tls12) > 300);
    assert!(count(TlsVersion::Tls12) > count(TlsVersion::Tls11));
    let known = of_number(0xC02F).expect("known");
    assert!(known.goes_with(TlsVersion::Tls12) && !known.goes_with(TlsVersion::Tls11) && !known.is_forbidden());
    assert!(of_number(0x0005).is_some_and(|suite| suite.goes_with(TlsVersion::Ssl30) && suite.is_forbidden()));
    assert_eq!(name_of(0xFAFA), "0xFAFA");
    assert_eq!(name_of(0x0007_00C0), "SSL_CK_DES_192_EDE3_CBC_WITH_MD5");
}

/// What OpenSSL 3.0 prints of suites, where it is installed: it must not differ from what their names told us.
#[test]
fn openssl_says_the_same() {
    let args = ["ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"];
    let Ok(output) = std::process::Command::new("openssl").args(args).output() else { return };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut compared = 0;
    for line in text.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().filter(|word| *word != "-").collect();
        let [number, name, openssl, _, kx, au, enc, mac, ..] = words[..] else { continue };
        let number = u32::from_str_radix(&number.replace("0x", "").replace(',', ""), 16).expect("a number");
        let Some(suite) = of_number(number) else { panic!("{name} is not in the table") };
        assert_eq!((suite.name, suite.openssl), (name, Some(openssl)));
        let bits = enc.split_once('(').and_then(|(_, bits)| bits.trim_end_matches(')').parse::<u16>().ok());
        let bits = if enc.starts_with("3DES") { Some(112) } else { bits };
        assert_eq!(bits.unwrap_or(0), suite.bits, "{name} {enc}");
        let macs = mac.trim_start_matches("Mac=");
        assert_eq!(macs, if suite.mac == "GOST" { macs } else { suite.mac }, "{name}");
        let anonymous = au == "Au=None";
        assert_eq!(anonymous, suite.authentication == Authentication::None, "{name}");
        let forward = matches!(kx, "Kx=ECDH" | "Kx=DH" | "Kx=any" | "Kx=DHEPSK" | "Kx=ECDHEPSK" | "Kx=SRP");
        assert_eq!(forward, suite.is_forward_secret(), "{name} {kx}");
        compared += 1;
    }
    assert!(compared > 100 || text.is_empty(), "{compared}");
}
