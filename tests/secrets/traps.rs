//! What looks like a key and is none: every trap is planted, labelled, and counted as a false alarm where it is raised.

use super::chance::Chance;
use super::shapes::{Kind, Told, checked, jwt, supabase};

const fn trap(id: &'static str, names: &'static [&'static str], make: fn(&mut Chance) -> String) -> Kind {
    Kind { id, told: Told::Itself, names, make }
}

/// A token with another last character than its checksum says.
fn spoilt(prefix: &str, c: &mut Chance) -> String {
    let mut token = checked(prefix, c);
    let last = token.pop();
    token.push(if last == Some('x') { 'y' } else { 'x' });
    token
}

/// What stands where a key will be.
fn stand_in(prefix: &str, c: &mut Chance) -> String {
    let words = [
        "your_api_key_here",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "REPLACE_ME_WITH_YOUR_KEY",
        "1234567890abcdef1234567890",
        "EXAMPLEKEYEXAMPLEKEYEXAMPLE",
        "changeme",
        "<your-key>",
        "${API_KEY}",
        "0000000000000000000000000000000000000000",
    ];
    format!("{prefix}{}", c.pick(&words))
}

/// Traps that programs hold.
pub const TRAPS: &[Kind] = &[
    trap("checksum-ghp", &["githubToken"], |c| spoilt("ghp_", c)),
    trap("checksum-gho", &["githubToken"], |c| spoilt("gho_", c)),
    trap("checksum-npm", &["npmToken"], |c| spoilt("npm_", c)),
    trap("checksum-grafana", &["grafanaToken"], |c| format!("glsa_{}_{}", c.b62(32), c.hex(8))),
    trap("checksum-age", &["ageKey"], |c| {
        let letters: Vec<char> = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".chars().collect();
        let body: String = (0..58).map(|_| letters[c.below(32)]).collect();
        format!("AGE-SECRET-KEY-1{body}")
    }),
    trap("stand-in-stripe", &["stripeSecretKey"], |c| stand_in("sk_live_", c)),
    trap("stand-in-openai", &["openaiApiKey"], |c| stand_in("sk-", c)),
    trap("stand-in-github", &["githubToken"], |c| stand_in("ghp_", c)),
    trap("stand-in-slack", &["slackToken"], |c| stand_in("xoxb-", c)),
    trap("stand-in-bare", &["apiSecret", "clientSecret", "authToken", "datadogApiKey"], |c| stand_in("", c)),
    trap("documented-aws-id", &["accessKeyId"], |_| ["AKIA", "IOSFODNN7", "EXAMPLE"].concat()),
    trap("documented-aws-secret", &["secretAccessKey"], |_| {
        ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCY", "EXAMPLEKEY"].concat()
    }),
    trap("documented-stripe", &["stripeKey"], |_| ["sk_test_4eC39HqL", "yjWDarjtT1zdp7dc"].concat()),
    trap("documented-jwt", &["token"], |c| jwt(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#, c)),
    trap("supabase-demo", &["supabaseServiceKey"], |c| supabase("supabase-demo", "service_role", c)),
    trap("supabase-demo-anon", &["supabaseAnonKey"], |c| supabase("supabase-demo", "anon", c)),
    trap("local-postgres", &["databaseUrl"], |c| format!("postgres://app:{}@localhost:5432/app", c.password())),
    trap("default-postgres", &["databaseUrl"], |_| ["postgres://", "postgres:postgres", "@db:5432/postgres"].concat()),
    trap("default-amqp", &["amqpUrl"], |_| ["amqp://", "guest:guest", "@rabbit:5672"].concat()),
    trap("local-mongo", &["mongoUri"], |c| format!("mongodb://root:{}@127.0.0.1:27017/app", c.password())),
    trap("documented-url", &["endpoint"], |_| ["https://", "user:password", "@example.com/path"].concat()),
    trap("masked-url", &["databaseUrl"], |_| ["mysql://", "app:********", "@db.prod.internal/app"].concat()),
    trap("uuid", &["requestId", "traceToken", "deviceToken"], Chance::uuid),
    trap("sha1", &["commit", "revision", "buildToken"], |c| c.hex(40)),
    trap("sha256", &["digest", "checksum"], |c| c.hex(64)),
    trap("md5", &["hash", "etag", "fileKey"], |c| c.hex(32)),
    trap("integrity", &["integrity"], |c| format!("sha384-{}", c.b64(64))),
    trap("address-of-chain", &["tokenAddress", "contractKey"], |c| format!("0x{}", c.hex(40))),
    trap("hash-of-chain", &["txHash", "rootSecret"], |c| format!("0x{}", c.hex(64))),
    trap("too-short-stripe", &["stripeSecretKey"], |c| format!("sk_live_{}", c.b62(9))),
    trap("too-short-github", &["githubToken"], |c| format!("ghp_{}", c.b62(20))),
    trap("too-short-aws", &["accessKeyId"], |c| format!("AKIA{}", c.b32(11))),
    trap("too-long-aws", &["accessKeyId"], |c| format!("AKIA{}", c.b32(24))),
    trap("class-name", &["skeletonClass", "secretClass"], |c| format!("sk-{}-{}-container", c.lower(6), c.lower(8))),
    trap("label", &["passwordLabel", "forgotPassword", "newPassword"], |c| {
        let words = [
            "Passwort vergessen?",
            "Mot de passe oublié",
            "Repeat your new password",
            "auth.password.reset_link",
            "PasswordField-label-2",
        ];
        (*c.pick(&words)).to_owned()
    }),
    trap("constant-name", &["tokenType", "secretName", "apiKeyHeader"], |c| {
        let words = [
            "X-Api-Key-Header-Name",
            "ACCESS_TOKEN_EXPIRED_ERROR",
            "urn:ietf:params:oauth:token-type:jwt",
            "refresh_token_grant_type",
            "application/x-www-form-urlencoded",
            "arn:aws:secretsmanager:eu-west-1:secret",
            "getAccessTokenSilently",
            "@@auth0spajs@@::default",
        ];
        (*c.pick(&words)).to_owned()
    }),
    trap("alphabet", &["alphabet", "charsetKey"], |_| {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".to_owned()
    }),
    trap("date", &["tokenIssued"], |c| format!("2026-0{}-1{}T10:11:12.{}Z", 1 + c.below(9), c.below(9), c.digits(6))),
    trap("session-of-visitor", &["csrfToken"], |c| c.b62(36)),
];
