//! Keys of a request.
//!
//! Invariant: as of the grammar's tables. Must never import compile or any later folder.

use super::{COND, Key, NAME, Object, SOURCE_SHAPE, Shape, TEXTS};

const fn method(name: &'static str, example: &'static str, doc: &'static str) -> Key {
    Key::new(name, Shape::Text, example, doc)
}

/// A request.
pub static REQUEST: Object = Object {
    name: "request",
    title: "a request",
    doc: "What goes on the wire, completely: nothing is added but Host and the scan's own fields.",
    keys: &[
        method("get", r#""/login""#, "GET this: a path, sent byte for byte, or a URL in scope."),
        method("head", r#""/""#, "HEAD this: a path, sent byte for byte, or a URL in scope."),
        method("options", r#""{{path}}""#, "OPTIONS of this: a path, sent byte for byte, or a URL in scope."),
        method("post", r#""/graphql""#, "POST to this path or URL. Raises the rule's tier to active."),
        method("put", r#""/upload.txt""#, "PUT to this path or URL. Raises the rule's tier to active."),
        method("patch", r#""/api/item""#, "PATCH this path or URL. Raises the rule's tier to active."),
        method("delete", r#""/api/item""#, "DELETE this path or URL. Raises the rule's tier to active."),
        Key::new("query", Shape::Named(super::ANY, &TEXTS), r#"{ "q": "{__schema{queryType{name}}}" }"#, "Parameters by name, percent-encoded and appended."),
        Key::new("headers", Shape::Named(super::ANY, &TEXTS), r#"{ "Origin": "https://{{nonce}}.example" }"#, "Fields by name, in this order and case; a list sends the field repeatedly."),
        Key::new("body", Shape::Text, r#""{\"a\":1}""#, "The body."),
        Key::new("raw", Shape::Text, r#""GET /a HTTP/1.1\r\nHost: {{url.host}}\r\n\r\n""#, "The exact bytes of the whole request, instead of method, query, headers and body. Raises the rule's tier to active."),
        Key::new("range", Shape::Word(r"^[0-9]+-[0-9]+$"), r#""0-4095""#, "First and last byte asked for; reading stops there even where the server ignores it."),
        Key::new("redirects", Shape::OneOf(&["none", "same-host", "all"]), r#""same-host""#, "Which redirects are followed: those to the same scheme, name and port, or all that are in scope; every hop is in `hops` and takes the cookies that the chain set.").default(r#""none""#),
        Key::new("cookies", Shape::OneOf(&["rule", "none"]), r#""none""#, "Which cookies are sent: those that this rule's earlier answers set, or none. Left out: those, where the request uses something of an earlier answer."),
        Key::new("auth", Shape::Word(r"^[a-z0-9]+(-[a-z0-9]+)*$"), r#""admin""#, "The authentication profile whose credentials are sent.").default(r#""none""#),
        Key::new("for_each", Shape::Named(NAME, &SOURCE_SHAPE), r#"{ "origin": { "own": "{{url.origin}}", "foreign": "https://{{nonce}}.example" } }"#, "Repeats this request only; the request's name is then a collection whose items are named."),
        Key::new("repeat", Shape::Whole(1, 1000), "20", "How often the request is sent in all, at the host's pace; its name is then a collection in the order of sending.").default("1"),
        Key::new("if", COND, r#"{ "$login": { "status": 200 } }"#, "A condition over earlier answers; where it is false, the request is not sent and counts as missing."),
        Key::new("stop_when", COND, r#"{ "status": [429, "5xx"] }"#, "A condition on each answer; where it holds, the rule sends nothing more and what is unsent stays unknown."),
        Key::new("extract", Shape::Named(NAME, &SOURCE_SHAPE), r#"{ "csrf": { "from": "html", "select": "input[name=_csrf]", "attr": "value" } }"#, "Values taken from this answer for later requests."),
        Key::new("tls", Shape::Either(&[Shape::OneOf(&["handshake", "survey"]), Shape::Object(&TLS)]), r#""handshake""#, "A TLS handshake instead of an HTTP request, or a survey of what the port speaks, which all rules share."),
        Key::new("dns", Shape::Word("^[A-Z0-9]+$"), r#""TXT""#, "A DNS query of this record type instead of an HTTP request; `name` says for what."),
        Key::new("name", Shape::Text, r#""_dmarc.{{url.domain}}""#, "With `dns`: the name asked for; the host's own where it is left out."),
        Key::new("tcp", Shape::Text, r#""{{url.host}}:6379""#, "A TCP conversation with host:port instead of an HTTP request. Raises the rule's tier to active."),
        Key::new("send", TEXTS, r#""PING\r\n""#, "With `tcp`: bytes to send; after each item of a list the answer is read."),
        Key::new("read", Shape::Whole(1, 1_048_576), "1024", "With `tcp`: the most bytes that are read.").default("4096"),
    ],
};

/// Options of a handshake.
pub static TLS: Object = Object {
    name: "tls_request",
    title: "a handshake",
    doc: "What the handshake offers.",
    keys: &[
        Key::new(
            "max_version",
            Shape::OneOf(&["1.0", "1.1", "1.2", "1.3"]),
            r#""1.0""#,
            "The highest protocol version that is offered.",
        )
        .default(r#""1.3""#),
        Key::new(
            "min_version",
            Shape::OneOf(&["1.0", "1.1", "1.2", "1.3"]),
            r#""1.2""#,
            "The lowest protocol version that may be chosen.",
        )
        .default(r#""1.0""#),
        Key::new(
            "ciphers",
            TEXTS,
            r#"["TLS_RSA_WITH_RC4_128_SHA"]"#,
            "The only cipher suites that are offered, by IANA's names or OpenSSL's. Of those below TLS 1.3 that our library lacks, what the server says in the clear is read.",
        ),
        Key::new(
            "groups",
            TEXTS,
            r#"["x25519"]"#,
            "The only key-exchange groups that are offered, by IANA's names or NIST's. With TLS 1.3: x25519, secp256r1, secp384r1.",
        ),
        Key::new(
            "alpn",
            TEXTS,
            r#"["h2", "http/1.1"]"#,
            "The application protocols that are offered (ALPN); `tls.alpn` is the one chosen. Left out: none.",
        ),
        Key::new(
            "server_name",
            Shape::Text,
            r#""{{nonce}}.example""#,
            "The name sent (SNI), which the certificate is judged for too, or `none`: no name is sent.",
        )
        .default(r#""{{url.host}}""#),
    ],
};
