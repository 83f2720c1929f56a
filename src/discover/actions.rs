//! Words of addresses that are left alone, although only GET is sent.
//!
//! Must never import anything.

const WORDS: [&str; 22] = [
    "logout",
    "signout",
    "log-out",
    "sign-out",
    "log_out",
    "sign_out",
    "logoff",
    "log-off",
    "signoff",
    "sign-off",
    "add-to-cart",
    "add_to_cart",
    "addtocart",
    "deactivate",
    "delete",
    "remove",
    "destroy",
    "unsubscribe",
    "revoke",
    "reset",
    "confirm",
    "verify",
];

/// Whether an address in lower case names what it does when it is called.
pub(super) fn names_action(lower: &str) -> bool {
    WORDS.iter().any(|word| lower.contains(word))
}
