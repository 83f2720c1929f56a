//! What is masked, and what is left.

use super::*;
use proptest::prelude::*;

fn shown(text: &str) -> String {
    String::from_utf8_lossy(&redact(text.as_bytes())).into_owned()
}

/// A secret without a shape of its own, put together here so that no file holds one.
fn canary() -> String {
    ["Zq7", "canary", "9xYz"].concat()
}

#[test]
fn every_pattern_compiles() {
    assert!(PASSES.iter().all(|(pattern, _)| pattern.is_some()));
    assert!(SHAPED.is_some() && SHAPED_IN_URL.is_some());
}

#[test]
fn a_long_path_is_no_token_and_a_token_in_one_is_masked() {
    let url = "http://127.0.0.1:37671/_next/static/chunks/polyfills-42372ed130431b0a.js";
    assert_eq!(redact_url(url.as_bytes()), url.as_bytes());
    let head = format!("GET /a/{}.js HTTP/1.1\r\n", "chunks/of/it/".repeat(8));
    assert_eq!(redact_head(head.as_bytes()), head.as_bytes());
    let token = "a1B2".repeat(12);
    let told = redact_url(format!("https://u:{token}@a.example/x/{token}/y?key={token}").as_bytes());
    assert!(!String::from_utf8_lossy(&told).contains("a1B2a"), "{told:?}");
}

#[test]
fn assignments_and_shapes_are_masked() {
    assert_eq!(shown("APP_ENV=prod\nDB_PASSWORD=hunter2hunter2\n"), "APP_ENV=prod\nDB_PASSWORD=hun***\n");
    assert_eq!(shown("APP_KEY=base64:9kWH9zRWHgU9"), "APP_KEY=base***");
    assert_eq!(shown("export SIGNING_KEY='two words'"), "export SIGNING_KEY='tw***'");
    assert_eq!(shown("DB_PASS=hunter2hunter2"), "DB_PASS=hun***");
    assert_eq!(shown("primary_key: identifier"), "primary_key: identifier");
    assert_eq!(shown("postgres://app:s3cret@db/x"), "postgres://app:***@db/x");
    assert_eq!(shown("redis://:p@ss:w@cache:6379/0"), "redis://:***@cache:6379/0");
    let token = format!("{}_live_{}", "sk", "a1B2".repeat(6));
    assert!(!shown(&format!("key {token} end")).contains("a1B2a1B2"));
}

#[test]
fn a_secret_is_masked_to_its_end_wherever_it_stands() {
    let canary = canary();
    let texts = [
        format!(r#"{{"password": "correct horse {canary}"}}"#),
        format!(r#"{{\"db_password\":\"two words {canary}\"}}"#),
        format!("'api_key' => 'two words {canary}',"),
        format!("Authorization: Basic {canary}\r\n"),
        format!("\"authorization\": \"Bearer {canary}\""),
        format!("<td>Cookie: a=1; sid={canary}</td>"),
        format!("Set-Cookie: sid={canary}; HttpOnly"),
        format!("curl -H 'Bearer {canary}'"),
        format!("https://{canary}@git.example/x.git"),
        format!("/reset?token={canary}&x=1"),
        format!("X-Api-Key: {canary}"),
        format!("token={canary}***"),
        format!("define( 'DB_PASSWORD', '{canary}' );"),
        format!("machine git.example\n  login ci\n  password {canary}\n"),
        format!("# mine\ndb.internal:5432:app:app:{canary}\n"),
        format!("admin:$apr1$salt${canary}\n"),
        format!("bob:{{SHA}}{canary}=\n"),
        format!("INSERT INTO `users` (`id`, `name`) VALUES (1,'{canary}'),(2,'{canary}');"),
        format!("mysqldump -u root -p{canary} shop"),
        format!("mysql -h db -p'two words {canary}' shop"),
        format!("sshpass -p {canary} ssh a@b"),
        format!("curl -s -u ann:{canary} https://a.example"),
        format!("create user a identified by '{canary}';"),
        format!("<Pass encoding=\"base64\">{canary}</Pass>"),
        format!("<password><![CDATA[{canary}]]></password>"),
        format!("<crypt>\n <key><![CDATA[{canary}]]></key>"),
        format!("<add key=\"Mail:Password\" value=\"two words {canary}\" />"),
    ];
    for text in texts {
        assert!(!shown(&text).contains("canary"), "{text} → {}", shown(&text));
    }
    assert_eq!(shown("Set-Cookie: sid=s1s1; Path=/; HttpOnly"), "Set-Cookie: sid=***; Path=/; HttpOnly");
}

#[test]
fn a_setting_is_masked_in_a_member_and_in_a_cell() {
    let canary = canary();
    let texts = [
        format!(r#"{{"spring.datasource.password":{{"value":"{canary}","origin":"a"}}}}"#),
        format!("<tr><td class=\"e\">DB_PASSWORD </td><td class=\"v\">{canary} </td></tr>"),
        format!("<td class=\"e\">$_SERVER['API_KEY']</td>\n<td class=\"v\">{canary}</td>"),
    ];
    for text in texts {
        assert!(!shown(&text).contains("canary"), "{text} → {}", shown(&text));
    }
    assert_eq!(shown("<td>Tokenizer Support </td><td>enabled </td>"), "<td>Tokenizer Support </td><td>enabled </td>");
}

#[test]
fn what_a_mask_brings_to_light_is_masked_too() {
    let canary = canary();
    let once = shown(&format!("curl -u a: <pass>curl -u a:mysql -p<![CDATA[tokencurl -u a:{canary}"));
    assert!(!once.contains("canary"), "{once}");
    assert_eq!(shown(&once), once);
}

#[test]
fn what_only_speaks_of_secrets_stays() {
    for text in [
        "Access-Control-Allow-Credentials: true",
        "401 Basic authentication is required",
        "author: Jonathan Swift",
        "Please log in: a login and a password are needed",
        "INSERT INTO is a statement of SQL",
        "a costs $5 and b $20",
        "at 12:30:15 the host app:8080 was up",
        "https://shop.example/users/@me",
        "{\"token\": null}",
        "mysql -u root -P 3306 -p shop",
        "curl -u ann https://a.example/",
        "<passage>in</passage><input name=\"q\" value=\"x\">",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn fields_with_credentials_keep_only_their_shape() {
    assert_eq!(redact_header(b"Authorization", b"Bearer abc"), b"***");
    assert_eq!(redact_header(b"Set-Cookie", b"sid=s1; Path=/; HttpOnly"), b"sid=***; Path=/; HttpOnly");
    assert_eq!(redact_header(b"Server", b"nginx/1.22"), b"nginx/1.22");
}

#[test]
fn heads_are_masked_field_by_field() {
    let canary = canary();
    let head = format!(
        "GET /?api_key={canary} HTTP/1.1\r\nHost: a\r\nCookie: a={canary};\r\n b={canary}\r\nX-Echo:  Bearer {canary}\r\n\r\n"
    );
    let shown = String::from_utf8(redact_head(head.as_bytes())).expect("text");
    assert_eq!(
        shown,
        "GET /?api_key=Zq7*** HTTP/1.1\r\nHost: a\r\nCookie: ***\r\n ***\r\nX-Echo:  Bearer Zq7***\r\n\r\n"
    );
}

proptest! {
    #[test]
    fn once_is_enough(text in r#"(?:(?:token|auth|cookie|Bearer|set-cookie|key|<pass>|mysql -p|curl -u a:|<!\[CDATA\[)|[a-zA-Z_=:/@. \n"'*;<>-]){0,60}"#) {
        let once = redact(text.as_bytes());
        prop_assert_eq!(redact(&once), once);
    }

    #[test]
    fn heads_too(text in "(?:(?:cookie|server|set-cookie)|[a-zA-Z=: \r\n;-]){0,60}") {
        let once = redact_head(text.as_bytes());
        prop_assert_eq!(redact_head(&once), once);
    }
}
