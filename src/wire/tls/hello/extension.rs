//! Extensions of a ClientHello (IANA's "TLS ExtensionType Values").
//!
//! Takes what each says, gives its bytes. Must never open a socket.

use super::{counted, numbers};

/// An extension of a ClientHello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension {
    /// `server_name`: the name that is asked for (RFC 6066 §3).
    ServerName(String),
    /// `max_fragment_length` by its code (RFC 6066 §4).
    MaxFragment(u8),
    /// `status_request`: an OCSP response is welcome (RFC 6066 §8).
    StatusRequest,
    /// `supported_groups` (RFC 8422 §5.1.1).
    Groups(Vec<u16>),
    /// `ec_point_formats`: uncompressed (RFC 8422 §5.1.2).
    PointFormats,
    /// `signature_algorithms` (RFC 8446 §4.2.3).
    Schemes(Vec<u16>),
    /// `application_layer_protocol_negotiation` (RFC 7301).
    Alpn(Vec<Vec<u8>>),
    /// `signed_certificate_timestamp`: a list is welcome (RFC 6962 §3.3.1).
    Timestamps,
    /// `padding` with so many zeroes (RFC 7685).
    Padding(usize),
    /// `encrypt_then_mac` (RFC 7366).
    EncryptThenMac,
    /// `extended_master_secret` (RFC 7627).
    ExtendedMasterSecret,
    /// `session_ticket`: a ticket, or the wish for one where it is empty (RFC 5077).
    SessionTicket(Vec<u8>),
    /// `supported_versions` (RFC 8446 §4.2.1).
    Versions(Vec<u16>),
    /// `psk_key_exchange_modes`: with (EC)DHE (RFC 8446 §4.2.9).
    PskModes,
    /// `key_share`: groups and public keys; empty asks for a HelloRetryRequest (RFC 8446 §4.2.8).
    KeyShare(Vec<(u16, Vec<u8>)>),
    /// `renegotiation_info` of a first handshake (RFC 5746 §3.5).
    Renegotiation,
    /// Any other, by its number.
    Raw(u16, Vec<u8>),
}

impl Extension {
    /// Its number.
    pub fn number(&self) -> u16 {
        match self {
            Self::ServerName(_) => 0,
            Self::MaxFragment(_) => 1,
            Self::StatusRequest => 5,
            Self::Groups(_) => 10,
            Self::PointFormats => 11,
            Self::Schemes(_) => 13,
            Self::Alpn(_) => 16,
            Self::Timestamps => 18,
            Self::Padding(_) => 21,
            Self::EncryptThenMac => 22,
            Self::ExtendedMasterSecret => 23,
            Self::SessionTicket(_) => 35,
            Self::Versions(_) => 43,
            Self::PskModes => 45,
            Self::KeyShare(_) => 51,
            Self::Renegotiation => 0xFF01,
            Self::Raw(number, _) => *number,
        }
    }

    /// Number, length and data.
    pub fn bytes(&self) -> Vec<u8> {
        [&self.number().to_be_bytes()[..], &counted::<2>(&self.data())].concat()
    }

    fn data(&self) -> Vec<u8> {
        match self {
            Self::ServerName(name) => counted::<2>(&[&[0], &counted::<2>(name.as_bytes())[..]].concat()),
            Self::MaxFragment(code) => vec![*code],
            // Of OCSP, from any responder, without extensions.
            Self::StatusRequest => vec![1, 0, 0, 0, 0],
            Self::Groups(list) | Self::Schemes(list) => counted::<2>(&numbers(list)),
            Self::PointFormats | Self::PskModes => vec![1, if *self == Self::PskModes { 1 } else { 0 }],
            Self::Alpn(protocols) => {
                let list: Vec<u8> = protocols.iter().flat_map(|protocol| counted::<1>(protocol)).collect();
                counted::<2>(&list)
            }
            Self::Timestamps | Self::EncryptThenMac | Self::ExtendedMasterSecret => Vec::new(),
            Self::Padding(length) => vec![0; *length],
            Self::SessionTicket(ticket) => ticket.clone(),
            Self::Versions(versions) => counted::<1>(&numbers(versions)),
            Self::KeyShare(shares) => {
                let share = |(group, key): &(u16, Vec<u8>)| [&group.to_be_bytes()[..], &counted::<2>(key)].concat();
                counted::<2>(&shares.iter().flat_map(share).collect::<Vec<u8>>())
            }
            Self::Renegotiation => vec![0],
            Self::Raw(_, data) => data.clone(),
        }
    }
}
