//! Extensions by their names (IANA's "TLS ExtensionType Values"): those that servers answer with.
//!
//! Must never import anything.

/// Numbers and names.
const NAMES: [(u16, &str); 20] = [
    (0, "server_name"),
    (1, "max_fragment_length"),
    (5, "status_request"),
    (10, "supported_groups"),
    (11, "ec_point_formats"),
    (13, "signature_algorithms"),
    (14, "use_srtp"),
    (15, "heartbeat"),
    (16, "application_layer_protocol_negotiation"),
    (17, "status_request_v2"),
    (18, "signed_certificate_timestamp"),
    (22, "encrypt_then_mac"),
    (23, "extended_master_secret"),
    (28, "record_size_limit"),
    (35, "session_ticket"),
    (41, "pre_shared_key"),
    (43, "supported_versions"),
    (44, "cookie"),
    (51, "key_share"),
    (0xFF01, "renegotiation_info"),
];

/// The name of an extension; its number where it has none.
pub fn name_of(number: u16) -> String {
    let known = NAMES.iter().find(|(known, _)| *known == number);
    known.map_or_else(|| number.to_string(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_name_or_is_its_own() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, so each once");
        assert_eq!((name_of(23), name_of(0x3374)), ("extended_master_secret".to_owned(), "13172".to_owned()));
    }
}
