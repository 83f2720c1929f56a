//! What a certificate's extensions say (RFC 5280 §4.2).
//!
//! Must never import a folder above `observation`.

use data_encoding::HEXLOWER;
use x509_parser::extensions::{DistributionPointName, ExtendedKeyUsage, GeneralName, KeyUsage, ParsedExtension};
use x509_parser::prelude::X509Certificate;

use super::Validation;

/// Items of a list that are read.
const MOST: usize = 64;
/// The TLS feature extension (RFC 7633).
const TLS_FEATURE: &str = "1.3.6.1.5.5.7.1.24";
const OCSP: &str = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
/// A precertificate, never to be used (RFC 6962 §3.1).
const POISON: &str = "1.3.6.1.4.1.11129.2.4.3";

/// What extensions say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Whether it is an authority's (basicConstraints).
    pub is_authority: bool,
    /// How many authorities may stand below it.
    pub path_length: Option<u32>,
    /// What its key may be used for, in the order of the bits.
    pub usages: Vec<&'static str>,
    /// What it may be used for (extKeyUsage); empty: anything. Those without a name by their identifiers.
    pub purposes: Vec<String>,
    /// The identifiers of its policies.
    pub policies: Vec<String>,
    /// How thoroughly its holder was looked at, where its policies say.
    pub validation: Option<Validation>,
    /// Signed certificate timestamps in it (RFC 6962).
    pub timestamps: usize,
    /// Whether servers have to staple an OCSP response (RFC 7633).
    pub must_staple: bool,
    /// Where to ask whether it is revoked.
    pub ocsp: Vec<String>,
    /// Where lists of revoked certificates are.
    pub lists: Vec<String>,
    /// Where its issuer's certificate is.
    pub issuers: Vec<String>,
    /// Its key's identifier, in hexadecimal.
    pub key_id: Option<String>,
    /// Its issuer's key's identifier, in hexadecimal.
    pub issuer_key_id: Option<String>,
    /// Whether it is a precertificate.
    pub is_precertificate: bool,
}

impl Extensions {
    pub(super) fn of(parsed: &X509Certificate<'_>) -> Self {
        let mut found = Self::default();
        for extension in parsed.extensions().iter().take(MOST) {
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(constraints) => {
                    found.is_authority = constraints.ca;
                    found.path_length = constraints.path_len_constraint;
                }
                ParsedExtension::KeyUsage(usage) => found.usages = usages(usage),
                ParsedExtension::ExtendedKeyUsage(usage) => found.purposes = purposes(usage),
                ParsedExtension::CertificatePolicies(policies) => {
                    found.policies = policies.iter().take(MOST).map(|policy| policy.policy_id.to_id_string()).collect();
                    found.validation = validation(&found.policies);
                }
                ParsedExtension::SCT(timestamps) => found.timestamps = timestamps.len(),
                ParsedExtension::AuthorityInfoAccess(access) => {
                    for description in access.iter().take(MOST) {
                        let GeneralName::URI(uri) = &description.access_location else { continue };
                        match &*description.access_method.to_id_string() {
                            OCSP => found.ocsp.push((*uri).to_owned()),
                            CA_ISSUERS => found.issuers.push((*uri).to_owned()),
                            _ => {}
                        }
                    }
                }
                ParsedExtension::CRLDistributionPoints(points) => {
                    let names = points.points.iter().take(MOST).filter_map(|point| point.distribution_point.as_ref());
                    found.lists = names.flat_map(addresses).take(MOST).collect();
                }
                ParsedExtension::SubjectKeyIdentifier(id) => found.key_id = Some(HEXLOWER.encode(id.0)),
                ParsedExtension::AuthorityKeyIdentifier(id) => {
                    found.issuer_key_id = id.key_identifier.as_ref().map(|id| HEXLOWER.encode(id.0));
                }
                _ => match &*extension.oid.to_id_string() {
                    // A sequence of numbers; 5 is `status_request`.
                    TLS_FEATURE => found.must_staple = extension.value.windows(3).any(|part| part == [2, 1, 5]),
                    POISON => found.is_precertificate = true,
                    _ => {}
                },
            }
        }
        found
    }
}

fn addresses(name: &DistributionPointName<'_>) -> Vec<String> {
    let DistributionPointName::FullName(names) = name else { return Vec::new() };
    let uri = |name: &GeneralName<'_>| match name {
        GeneralName::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    };
    names.iter().filter_map(uri).collect()
}

fn usages(usage: &KeyUsage) -> Vec<&'static str> {
    let all = [
        ("digital-signature", usage.digital_signature()),
        ("non-repudiation", usage.non_repudiation()),
        ("key-encipherment", usage.key_encipherment()),
        ("data-encipherment", usage.data_encipherment()),
        ("key-agreement", usage.key_agreement()),
        ("certificate-signing", usage.key_cert_sign()),
        ("crl-signing", usage.crl_sign()),
    ];
    all.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name).collect()
}

fn purposes(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let all = [
        ("any", usage.any),
        ("server-auth", usage.server_auth),
        ("client-auth", usage.client_auth),
        ("code-signing", usage.code_signing),
        ("email-protection", usage.email_protection),
        ("time-stamping", usage.time_stamping),
        ("ocsp-signing", usage.ocsp_signing),
    ];
    let named = all.into_iter().filter(|(_, holds)| *holds).map(|(name, _)| name.to_owned());
    named.chain(usage.other.iter().take(MOST).map(|other| other.to_id_string())).collect()
}

fn validation(policies: &[String]) -> Option<Validation> {
    let has = |identifier: &str| policies.iter().any(|policy| policy == identifier);
    let known = [
        ("2.23.140.1.1", Validation::Extended),
        ("2.23.140.1.2.2", Validation::Organization),
        ("2.23.140.1.2.3", Validation::Individual),
        ("2.23.140.1.2.1", Validation::Domain),
    ];
    known.into_iter().find(|(identifier, _)| has(identifier)).map(|(_, validation)| validation)
}
