//! Why a template is loaded but not run: every code with its reason.
//!
//! The table of the compatibility page is made from here. Invariant: a code, once published, keeps its meaning, and none
//! is listed twice. Must never import compile or any later folder.

/// A reason for which templates are refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Why {
    /// The stable code.
    pub code: &'static str,
    /// One sentence without a full stop.
    pub reason: &'static str,
}

macro_rules! reasons {
    ($($name:ident $code:literal $reason:literal)*) => {
        $(pub(super) const $name: &Why = &Why { code: $code, reason: $reason };)*

        /// Every reason, in order of the codes.
        pub const REFUSALS: &[&Why] = &[$($name),*];
    };
}

reasons! {
    CODE "code" "it runs a program on this machine, which no rule may"
    DNS_TRACE "dns-trace" "it follows a delegation from server to server, which is not asked yet"
    DSL_FUNCTION "dsl-function" "it calls a function that expressions do not have"
    DSL_SYNTAX "dsl-syntax" "an expression of it cannot be read"
    EXTRACTOR_FILE "extractor-file" "it writes what it extracts into a file, which no rule may"
    FILE "file" "it reads files of this machine, not answers of a server"
    FLOW_SCRIPT "flow-script" "its flow is a program rather than an order of blocks"
    FUZZING "fuzzing" "it changes recorded requests, of which a scan has none"
    GLOBAL_MATCHERS "global-matchers" "it has matchers for the answers to all other templates beside requests of its own"
    HEADLESS "headless" "it drives a browser"
    JAVASCRIPT "javascript" "it runs a script that opens connections of its own"
    LLM "llm" "it asks a language model for the verdict"
    NO_REQUEST "no-request" "it says nothing that could be sent"
    PAYLOAD_FILE "payload-file" "a file of payloads is missing from the pack or cannot be read"
    PAYLOAD_PATH "payload-path" "a file that it names lies outside the pack"
    PAYLOAD_PRODUCT "payload-product" "its payloads make more requests than one rule may send"
    PIPELINE "pipeline" "it sends many requests on one connection without waiting for answers"
    RACE "race" "it sends the same request many times at once"
    SIGNATURE "request-signature" "it signs its requests with a cloud account's key"
    SELF_CONTAINED "self-contained" "it asks a service of its own choice instead of the target"
    TLS_ENUM "tls-enum" "it lists every version or cipher suite, which one handshake cannot tell; native rules ask a survey"
    TOO_LARGE "too-large" "it has more blocks, matchers or requests than one rule may"
    UNSUPPORTED_FIELD "unsupported-field" "it has a field whose meaning is not known, which may change the verdict"
    WHOIS "whois" "it asks a register of domain names, not the target"
}

#[cfg(test)]
mod tests {
    use super::REFUSALS;

    #[test]
    fn codes_are_sorted_unique_and_explained() {
        for pair in REFUSALS.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} is not before {}", pair[0].code, pair[1].code);
        }
        for why in REFUSALS {
            assert!(why.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", why.code);
            assert!(!why.reason.is_empty() && !why.reason.ends_with('.'), "{}", why.code);
        }
    }
}
