//! Keys of a rule, of its cases and of `shared.yaml`.
//!
//! Invariant: as of the grammar's tables. Must never import compile or any later folder.

use super::{ANY, COND, Definition, KEBAB, Key, NAME, OPEN_COND, Object, REQUEST, SOURCE_SHAPE, Shape, TEST};

const SEVERITY: Shape = Shape::Defined(Definition::Severity);
const CONFIDENCE: Shape = Shape::Defined(Definition::Confidence);
const CATEGORIES: &[&str] =
    &["headers", "cookies", "cors", "tls", "transport", "exposure", "secrets", "leakage", "auth", "rate-limit"];
const FIX_SHAPE: Shape = Shape::Either(&[Shape::Text, Shape::Object(&FIX)]);
const REQUEST_OR_NAME: Shape = Shape::Either(&[Shape::Object(&REQUEST), Shape::Word(r"^\$[a-z][a-z0-9_]*$")]);

/// A rule file.
pub static RULE: Object = Object {
    name: "rule",
    title: "a rule",
    doc: "One check. One rule is one file, one cause and one fix.",
    keys: &[
        Key::new(
            "id",
            Shape::Word(KEBAB),
            r#""dotenv-exposed""#,
            "The rule's name: lower-case words joined by hyphens. A case's address is `id#case`.",
        )
        .required(),
        Key::new(
            "title",
            Shape::Text,
            r#""An environment file is served to everyone""#,
            "One line that says what is wrong; may hold {{expressions}}.",
        )
        .required(),
        Key::new(
            "category",
            Shape::OneOf(CATEGORIES),
            r#""exposure""#,
            "What part of a service the rule speaks of; each category has a ceiling in the score.",
        )
        .required(),
        Key::new(
            "severity",
            SEVERITY,
            r#""medium""#,
            "How bad a match is: a level, or a list of which the first that holds counts.",
        ),
        Key::new(
            "confidence",
            CONFIDENCE,
            r#""tentative""#,
            "How sure the rule is: tentative, firm or certain, or a list of which the first that holds counts.",
        )
        .default(r#""firm""#),
        Key::new(
            "exposure",
            Shape::OneOf(&["secret", "public", "identifier"]),
            r#""public""#,
            "Whether a match is a finding (secret) or only a note, without a deduction (public, identifier).",
        )
        .default(r#""secret""#),
        Key::new("cwe", Shape::Whole(1, 99_999), "614", "Number of the weakness in the Common Weakness Enumeration."),
        Key::new("tags", Shape::List(&Shape::Word(KEBAB)), r#"["cookies", "session"]"#, "Words to select rules by.")
            .default("[]"),
        Key::new(
            "description",
            Shape::Text,
            r#""The file holds the passwords of the application.""#,
            "What it is, in a few sentences.",
        ),
        Key::new(
            "impact",
            Shape::Text,
            r#""Whoever reads it can sign in to the database.""#,
            "What an attacker gains, in one sentence.",
        ),
        Key::new(
            "fix",
            FIX_SHAPE,
            r#"{ "default": "Keep the file outside the web root.", "nginx": "location ~ /\\.env { return 404; }" }"#,
            "What to change: a text, or texts by server with `default` for all others.",
        ),
        Key::new(
            "references",
            Shape::List(&Shape::Text),
            r#"["https://www.rfc-editor.org/rfc/rfc6797"]"#,
            "Standards and advisories, as URLs.",
        )
        .default("[]"),
        Key::new(
            "yields_to",
            Shape::List(&Shape::Word(KEBAB)),
            r#"["private-key-exposed"]"#,
            "Rules by id, or categories, that say more of the same: where one of them finds the same bytes (or, where either names none, the same URL), this rule's place is not told. Its verdict stays. Of a category, rules that yield themselves and notes do not count.",
        )
        .default("[]"),
        Key::new(
            "applies_to",
            Shape::OneOf(&["host", "endpoint", "response"]),
            r#""host""#,
            "What the rule is asked of: each host, each endpoint, or each answer that some other request brought (passive: the rule sends nothing).",
        ).required(),
        Key::new(
            "when",
            COND,
            r#"{ "url.scheme": "https" }"#,
            "Gate: where it is false, the rule does not apply and is skipped. What is known beforehand stops the sending.",
        ),
        Key::new(
            "vars",
            Shape::Named(NAME, &Shape::Text),
            r#"{ "marker": "x{{nonce}}" }"#,
            "Texts by name, used as {{name}}.",
        )
        .default("{}"),
        Key::new(
            "for_each",
            Shape::Named(NAME, &SOURCE_SHAPE),
            r#"{ "path": ["/.env", "/.env.local"] }"#,
            "Names and where their items come from: requests and verdict repeat for each item; two names make a product.",
        ),
        Key::new(
            "stop",
            Shape::OneOf(&["first-match"]),
            r#""first-match""#,
            "Ends `for_each` with the first item that matches; without it all items are judged.",
        ),
        Key::new(
            "request",
            Shape::Object(&REQUEST),
            r#"{ "get": "/" }"#,
            "The one request of the rule; bare subjects speak of its answer.",
        ),
        Key::new(
            "requests",
            Shape::Named(NAME, &REQUEST_OR_NAME),
            r#"{ "login": { "get": "/login" }, "check": { "get": "/session" } }"#,
            "Several requests, in the order of the file; conditions say which: `$login: { status: 200 }`. `$name` takes one of shared.yaml.",
        ),
        Key::new(
            "extract",
            Shape::Named(NAME, &SOURCE_SHAPE),
            r#"{ "version": { "from": "headers.server", "regex": "^nginx/([0-9.]+)" } }"#,
            "Values taken from the judged answer, used as $name and {{name}} and shown in the finding. One that finds nothing skips the rule, unless `optional: true`.",
        ),
        Key::new(
            "collect",
            Shape::Named(NAME, &SOURCE_SHAPE),
            r#"{ "person": { "from": "json", "path": "$.users[*]" } }"#,
            "Like `extract`, but keeps all items: collections for `some`, `every`, `none` and `count`.",
        ),
        Key::new(
            "define",
            Shape::Named(NAME, &OPEN_COND),
            r#"{ "opened": { "status": 200 } }"#,
            "Conditions by name, used as `$name: true` or `$name: false`; they mean what they say where they are used.",
        ),
        Key::new(
            "match",
            COND,
            r#"{ "status": [200, 206], "body": { "starts_with": "PGDMP" } }"#,
            "What must hold; with cases, what is common to all of them.",
        ),
        Key::new(
            "cases",
            Shape::Named(KEBAB, &Shape::Object(&CASE)),
            r#"{ "missing": { "severity": "medium", "match": { "headers": { "strict-transport-security": { "exists": false } } } } }"#,
            "Named outcomes; the first that holds is the finding.",
        ),
        Key::new(
            "not_on",
            Shape::Either(&[Shape::OneOf(&["baseline"]), Shape::Object(&NOT_ON)]),
            r#""baseline""#,
            "The condition must be false on the host's answers to random paths; with several requests `{ baseline: $name }` says which defined condition.",
        ),
        Key::new(
            "report",
            Shape::OneOf(&["first", "each"]),
            r#""each""#,
            "Whether the first case that holds is reported, or each.",
        )
        .default(r#""first""#),
        Key::new(
            "evidence_key",
            Shape::Text,
            r#""{{cookie.name}}""#,
            "Tells findings apart: matches of one rule, host and key are one finding with several places.",
        )
        .default(r#""""#),
        Key::new(
            "inconclusive_when",
            COND,
            r#"{ "status": 429 }"#,
            "Where it holds, the verdict is `inconclusive`, whatever else holds.",
        ),
        Key::new(
            "verify",
            Shape::Object(&VERIFY),
            r#"{ "get": "https://api.example.com/me", "headers": { "Authorization": "Bearer {{token}}" }, "live": { "status": 200 }, "dead": { "status": 401 } }"#,
            "How a token is verified at its provider: a documented request that only reads. It is sent only with `--verify`.",
        ),
        Key::new(
            "tests",
            Shape::Named(ANY, &Shape::Object(&TEST)),
            r#"{ "the home page": { "given": { "body": "<!doctype html>" }, "expect": "clean" } }"#,
            "Inline tests: what is answered, and what must come out.",
        ),
    ],
};

/// What `not_on` may name.
pub static NOT_ON: Object = Object {
    name: "not_on",
    title: "a comparison with the baseline",
    doc: "Which defined condition must be false on the baseline's answers.",
    keys: &[Key::new(
        "baseline",
        Shape::Word(r"^\$[a-z][a-z0-9_]*$"),
        r#""$frames""#,
        "The defined condition, as $name.",
    )
    .required()],
};

/// A question to a provider.
pub static VERIFY: Object = Object {
    name: "verify",
    title: "a question to a provider",
    doc: "One request to a fixed address, and what its answer says of the token. Redirects are not followed.",
    keys: &[
        Key::new(
            "get",
            Shape::Word("^https://[^{}]+$"),
            r#""https://api.example.com/me""#,
            "GET this: an https URL without expressions.",
        )
        .required(),
        Key::new(
            "headers",
            Shape::Named(ANY, &super::TEXTS),
            r#"{ "Authorization": "Bearer {{token}}" }"#,
            "Fields by name; the token goes here and nowhere else.",
        )
        .required(),
        Key::new("live", COND, r#"{ "status": 200 }"#, "What the answer to a token that works is.").required(),
        Key::new("dead", COND, r#"{ "status": 401 }"#, "What the answer to one that does not work is.").required(),
    ],
};

/// A case.
pub static CASE: Object = Object {
    name: "case",
    title: "a case",
    doc: "A named outcome of a rule.",
    keys: &[
        Key::new("match", COND, r#"{ "hsts.max_age": 0 }"#, "What must hold besides the rule's `match`.").default("{}"),
        Key::new("severity", SEVERITY, r#""low""#, "Replaces the rule's."),
        Key::new("confidence", CONFIDENCE, r#""tentative""#, "Replaces the rule's."),
        Key::new("title", Shape::Text, r#""The policy is switched off""#, "Replaces the rule's."),
        Key::new("fix", FIX_SHAPE, r#""Send `max-age=31536000`.""#, "Replaces the rule's."),
        Key::new(
            "request",
            Shape::Object(&REQUEST),
            r#"{ "get": "{{base}}/env" }"#,
            "A request of this case's own; bare subjects of the case and of the rule's `match` speak of its answer.",
        ),
    ],
};

/// A fix by server.
pub static FIX: Object = Object {
    name: "fix",
    title: "a fix by server",
    doc: "What to change, by server or framework; names that are not listed here are welcome.",
    keys: &[
        Key::new(
            "default",
            Shape::Text,
            r#""Send the field with every answer.""#,
            "For every server that has no text of its own.",
        )
        .required(),
        Key::new("nginx", Shape::Text, r#""add_header X-Content-Type-Options nosniff always;""#, "For nginx."),
        Key::new(
            "apache",
            Shape::Text,
            r#""Header always set X-Content-Type-Options nosniff""#,
            "For the Apache HTTP server.",
        ),
        Key::new("caddy", Shape::Text, r#""header X-Content-Type-Options nosniff""#, "For Caddy."),
        Key::new(
            "iis",
            Shape::Text,
            r#""<add name=\"X-Content-Type-Options\" value=\"nosniff\" />""#,
            "For Internet Information Services.",
        ),
        Key::new(
            "haproxy",
            Shape::Text,
            r#""http-response set-header X-Content-Type-Options nosniff""#,
            "For HAProxy.",
        ),
        Key::new("traefik", Shape::Text, r#""contentTypeNosniff: true""#, "For Traefik."),
        Key::new("cloudflare", Shape::Text, r#""Add a transform rule that sets the field.""#, "For Cloudflare."),
        Key::new("express", Shape::Text, r#""app.use(helmet())""#, "For Express on Node.js."),
        Key::new("django", Shape::Text, r#""SECURE_CONTENT_TYPE_NOSNIFF = True""#, "For Django."),
        Key::new("flask", Shape::Text, r#""Talisman(app)""#, "For Flask."),
        Key::new("rails", Shape::Text, r#""config.force_ssl = true""#, "For Ruby on Rails."),
        Key::new("spring", Shape::Text, r#""http.headers().contentTypeOptions()""#, "For Spring."),
        Key::new("laravel", Shape::Text, r#""SESSION_SECURE_COOKIE=true""#, "For Laravel."),
        Key::new("aspnet", Shape::Text, r#""app.UseHsts();""#, "For ASP.NET Core."),
        Key::new(
            "nextjs",
            Shape::Text,
            r#""headers: [{ key: 'X-Content-Type-Options', value: 'nosniff' }]""#,
            "For Next.js.",
        ),
        Key::new("php", Shape::Text, r#""session.cookie_secure = 1""#, "For PHP."),
        Key::new(
            "go",
            Shape::Text,
            r#""w.Header().Set(\"X-Content-Type-Options\", \"nosniff\")""#,
            "For Go's net/http.",
        ),
        Key::new("s3", Shape::Text, r#""Switch on Block Public Access.""#, "For S3 and compatible stores."),
        Key::new("kubernetes", Shape::Text, r#""Set the ingress annotation.""#, "For Kubernetes ingresses."),
    ],
};

/// `shared.yaml`.
pub static SHARED: Object = Object {
    name: "shared",
    title: "a shared file",
    doc: "What the rules of one folder have in common. A rule may not give any of its names another meaning.",
    keys: &[
        Key::new(
            "define",
            Shape::Named(NAME, &OPEN_COND),
            r#"{ "credentials": { "headers": { "access-control-allow-credentials": "true" } } }"#,
            "Conditions by name, as in a rule.",
        ),
        Key::new(
            "requests",
            Shape::Named(NAME, &Shape::Object(&REQUEST)),
            r#"{ "probe": { "get": "{{path}}" } }"#,
            "Requests by name; a rule takes one with `requests: { probe: $probe }`.",
        ),
        Key::new(
            "lists",
            Shape::Named(NAME, &SOURCE_SHAPE),
            r#"{ "backups": ["/a.zip", "/b.zip"] }"#,
            "Lists of written values by name; a rule takes one with `for_each: { path: $backups }`.",
        ),
    ],
};
