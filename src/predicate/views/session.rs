//! Whether a cookie carries a session or a credential, by its name and its value.
//!
//! A name is cut into words, so that `connect.sid` and `authToken` are known and `assessment`, `obsession` and
//! `blogindex` are not. Takes name and value, gives yes or no. Invariant: what is meant to be read by scripts against
//! forged requests never counts. Must never import another folder.

use super::lines::lower;

/// Words that speak of a session or a credential wherever they stand in a name.
const WORDS: &[&str] = &[
    "sid",
    "sess",
    "session",
    "sessid",
    "sessionid",
    "sessiontoken",
    "jsessionid",
    "jsessionidsso",
    "phpsessid",
    "moodlesession",
    "smsession",
    "cfid",
    "cftoken",
    "jwt",
    "authtoken",
    "aspxauth",
    "fedauth",
    "bearer",
    "accesstoken",
    "idtoken",
    "refreshtoken",
    "apikey",
    "credential",
    "credentials",
];

/// Words that do so at the end of a name alone: `user_auth`, but not `auth.redirect`.
const LAST_WORDS: &[&str] = &[
    "auth",
    "authn",
    "oauth",
    "authentication",
    "authorization",
    "token",
    "login",
    "loggedin",
    "signin",
    "sso",
    "saml",
    "identity",
    "remember",
    "rememberme",
];

/// Whole names that frameworks and products give to their sessions.
const NAMES: &[&str] = &[
    "cakephp",
    "symfony",
    "adminhtml",
    "phpmyadmin",
    "iplanetdirectorypro",
    "remember_me",
    "remember-me",
    "logged_in",
    "kc-access",
    "_oauth2_proxy",
    "__client",
    "fedauth1",
    ".aspnetcore.cookies",
    ".aspnetcore.identity.application",
];

/// Beginnings of names that frameworks complete with random text.
const BEGINNINGS: &[&str] = &[
    "aspsessionid",
    "wordpress_logged_in_",
    "wordpress_sec_",
    "remember_web_",
    "remember_user_token",
    "moodlesession",
    "_shibsession_",
    "sess",
    "ssess",
];

/// Sessions of measurement, and of machines rather than people.
const OTHERS: &[&str] = &[
    "_hj",
    "_ga",
    "_gid",
    "_gcl",
    "ai_session",
    "ai_user",
    "_sp_",
    "_pk_",
    "_dd_",
    "amplitude_",
    "mp_",
    "ajs_",
    "_uet",
];

/// Parts of names that say that a cookie is something else: against forged requests, for load balancers, for forms.
const NEVER: &[&str] =
    &["csrf", "xsrf", "antiforgery", "requestverification", "authenticity", "affinity", "sticky", "captcha", "consent"];

/// Whether a cookie looks like a session or a credential: by a word of its name, by a framework's pattern, or by a JWT or
/// a signed Express value. A value that only says yes or no is neither, whatever its name.
pub(super) fn looks_like_session(name: &[u8], value: &[u8]) -> bool {
    let plain = lower(name);
    let bare = plain.strip_prefix("__host-").or(plain.strip_prefix("__secure-")).unwrap_or(&plain);
    let bare = bare.strip_prefix("http-").unwrap_or(bare);
    if NEVER.iter().any(|part| plain.contains(part)) || OTHERS.iter().any(|known| bare.starts_with(known)) {
        return false;
    }
    let random = |rest: &str| rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let words = words(name);
    let is_last = || words.last().is_some_and(|word| LAST_WORDS.contains(&word.as_str()));
    let named = words.iter().any(|word| WORDS.contains(&word.as_str()))
        || (!is_flag(value) && (NAMES.contains(&bare) || is_last()))
        || BEGINNINGS.iter().filter_map(|start| bare.strip_prefix(start)).any(random);
    named || is_jwt(value) || value.starts_with(b"s%3A") || value.starts_with(b"s:")
}

/// The words of a name in lower case: between what is no letter or digit, where a small letter meets a capital, and
/// before the last of several capitals that a small letter follows (`MRHSession`).
fn words(name: &[u8]) -> Vec<String> {
    let mut words = vec![String::new()];
    for (at, byte) in name.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| name.get(at));
        let capital = byte.is_ascii_uppercase();
        let small_before = before.is_some_and(u8::is_ascii_lowercase);
        let ends_capitals =
            before.is_some_and(u8::is_ascii_uppercase) && name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        if !byte.is_ascii_alphanumeric() || (capital && (small_before || ends_capitals)) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (byte.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A yes or a no.
fn is_flag(value: &[u8]) -> bool {
    ["", "0", "1", "yes", "no", "true", "false", "on", "off"]
        .iter()
        .any(|flag| value.eq_ignore_ascii_case(flag.as_bytes()))
}

/// Three base64url parts, of which the first is a JSON object (RFC 7519 §3).
fn is_jwt(value: &[u8]) -> bool {
    let part = |part: &[u8]| !part.is_empty() && part.iter().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(b));
    value.starts_with(b"eyJ")
        && value.split(|byte| *byte == b'.').count() == 3
        && value.split(|byte| *byte == b'.').all(part)
}
