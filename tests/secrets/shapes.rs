//! Keys of every kind, made from the providers' descriptions of them. Nothing here is read by the rules, nor the other way
//! round: a mistake of one is not repeated by the other.

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD};

use super::chance::Chance;

/// How a kind of key is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// By its own shape.
    Itself,
    /// By a name beside it.
    Name,
}

/// A kind of key.
pub struct Kind {
    pub id: &'static str,
    pub told: Told,
    /// Names that programs give it, in camel case.
    pub names: &'static [&'static str],
    pub make: fn(&mut Chance) -> String,
}

const fn own(id: &'static str, names: &'static [&'static str], make: fn(&mut Chance) -> String) -> Kind {
    Kind { id, told: Told::Itself, names, make }
}

const fn named(id: &'static str, names: &'static [&'static str], make: fn(&mut Chance) -> String) -> Kind {
    Kind { id, told: Told::Name, names, make }
}

const fn public(id: &'static str, names: &'static [&'static str], make: fn(&mut Chance) -> String) -> Kind {
    Kind { id, told: Told::Itself, names, make }
}

/// CRC-32 as zip has it, bit by bit.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

/// Thirty characters and the six that check them.
pub fn checked(prefix: &str, c: &mut Chance) -> String {
    let body = c.b62(30);
    let digits: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    let mut left = crc32(body.as_bytes());
    let mut sum = Vec::new();
    for _ in 0..6 {
        sum.push(digits[(left % 62) as usize]);
        left /= 62;
    }
    format!("{prefix}{body}{}", sum.iter().rev().collect::<String>())
}

/// A JSON Web Token with these claims and a signature of nobody.
pub fn jwt(claims: &str, c: &mut Chance) -> String {
    let head = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    format!("{head}.{}.{}", BASE64URL_NOPAD.encode(claims.as_bytes()), c.b64u(43))
}

pub fn supabase(issuer: &str, role: &str, c: &mut Chance) -> String {
    let reference = c.lower(20);
    jwt(&format!(r#"{{"iss":"{issuer}","ref":"{reference}","role":"{role}","iat":1721000000,"exp":2036000000}}"#), c)
}

/// A key in PEM, its lines joined by this.
pub fn pem(frame: &str, head: &str, lines: usize, glue: &str, c: &mut Chance) -> String {
    let mut all = vec![format!("-----BEGIN {frame}-----"), format!("{head}{}", c.b64(64 - head.len()))];
    all.extend((0..lines).map(|_| c.b64(64)));
    all.push(format!("{}==", c.b64(22)));
    all.push(format!("-----END {frame}-----"));
    all.join(glue)
}

fn bech32_age(c: &mut Chance) -> String {
    const LETTERS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let prefix = b"age-secret-key-";
    let data: Vec<u32> = (0..52).map(|_| c.below(32) as u32).collect();
    let head = prefix.iter().map(|b| u32::from(b >> 5)).chain([0]).chain(prefix.iter().map(|b| u32::from(b & 31)));
    let sum = head.chain(data.iter().copied()).chain([0; 6]).fold(1_u32, |sum, digit| {
        let table = [0x3b6a_57b2_u32, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let next = ((sum & 0x01ff_ffff) << 5) ^ digit;
        (0..5).filter(|bit| (sum >> 25) >> bit & 1 == 1).fold(next, |next, bit| next ^ table[bit])
    }) ^ 1;
    let check = (0..6).map(|place| (sum >> (5 * (5 - place))) & 31);
    let body: String = data.iter().copied().chain(check).map(|digit| char::from(LETTERS[digit as usize])).collect();
    format!("AGE-SECRET-KEY-1{}", body.to_uppercase())
}

fn grafana(c: &mut Chance) -> String {
    let body = c.b62(32);
    let sum = crc32(format!("glsa_{body}").as_bytes()).to_le_bytes();
    format!("glsa_{body}_{}", data_encoding::HEXLOWER.encode(&sum))
}

fn database(scheme: &str, c: &mut Chance) -> String {
    let (user, host, base) = (c.lower(6), c.lower(7), c.lower(5));
    format!("{scheme}://{user}:{}@{host}.prod.internal:5432/{base}", c.password())
}

const PRIVATE: &str = "PRIVATE KEY";

/// Keys that nobody but their owner may know.
pub const SECRETS: &[Kind] = &[
    own("openai-project", &["openaiApiKey"], |c| format!("sk-proj-{}T3BlbkFJ{}", c.b64u(74), c.b64u(74))),
    own("openai-project-old", &["openaiKey"], |c| format!("sk-proj-{}T3BlbkFJ{}", c.b64u(58), c.b64u(58))),
    own("openai-service", &["openaiKey"], |c| format!("sk-svcacct-{}T3BlbkFJ{}", c.b64u(74), c.b64u(74))),
    own("openai-admin", &["openaiAdminKey"], |c| format!("sk-admin-{}T3BlbkFJ{}", c.b64u(58), c.b64u(58))),
    own("openai-legacy", &["openaiKey"], |c| format!("sk-{}T3BlbkFJ{}", c.b62(20), c.b62(20))),
    own("anthropic", &["anthropicApiKey", "claudeKey"], |c| format!("sk-ant-api03-{}AA", c.b64u(93))),
    own("anthropic-admin", &["anthropicAdminKey"], |c| format!("sk-ant-admin01-{}AA", c.b64u(93))),
    own("supabase-service-role", &["supabaseKey", "supabaseServiceKey"], |c| supabase("supabase", "service_role", c)),
    own("supabase-secret", &["supabaseKey"], |c| format!("sb_secret_{}_{}", c.b64u(22), c.b64u(8))),
    own("supabase-management", &["supabaseAccessToken"], |c| format!("sbp_{}", c.hex(40))),
    own("stripe-live-old", &["stripeSecretKey"], |c| format!("sk_live_{}", c.b62(24))),
    own("stripe-live", &["stripeKey"], |c| format!("sk_live_51{}{}", c.b62(14), c.b62(83))),
    own("stripe-restricted", &["stripeRestrictedKey"], |c| format!("rk_live_51{}{}", c.b62(14), c.b62(83))),
    own("stripe-webhook", &["stripeWebhookSecret"], |c| format!("whsec_{}", c.b62(32))),
    own("stripe-test", &["stripeTestKey"], |c| format!("sk_test_51{}{}", c.b62(14), c.b62(83))),
    own("clerk", &["clerkSecretKey"], |c| format!("sk_live_{}", c.b62(42))),
    own("paystack", &["paystackSecretKey"], |c| format!("sk_live_{}", c.hex(40))),
    own("aws-id", &["awsAccessKeyId", "accessKeyId"], |c| format!("AKIA{}", c.b32(16))),
    own("aws-session-id", &["awsAccessKeyId"], |c| format!("ASIA{}", c.b32(16))),
    named("aws-secret", &["awsSecretAccessKey", "secretAccessKey"], |c| c.b64(40)),
    own("bedrock", &["bedrockApiKey"], |c| {
        let bytes = format!("BedrockAPIKey-{}-at-{}:{}", c.lower36(4), c.digits(12), c.b62(48));
        format!("ABSK{}", BASE64.encode(bytes.as_bytes()))
    }),
    own("google-oauth-secret", &["googleClientSecret"], |c| format!("GOCSPX-{}", c.b64u(28))),
    own("google-access-token", &["googleAccessToken"], |c| format!("ya29.{}", c.b64u(200))),
    own("fcm", &["fcmServerKey"], |c| format!("AAAA{}:APA91b{}", c.b64u(7), c.b64u(134))),
    own("github-pat", &["githubToken"], |c| checked("ghp_", c)),
    own("github-oauth", &["githubToken"], |c| checked("gho_", c)),
    own("github-user", &["githubToken"], |c| checked("ghu_", c)),
    own("github-app", &["githubToken"], |c| checked("ghs_", c)),
    own("github-refresh", &["githubRefreshToken"], |c| checked("ghr_", c)),
    own("github-fine", &["githubToken"], |c| format!("github_pat_{}_{}", c.b62(22), c.b62(59))),
    own("gitlab-pat", &["gitlabToken"], |c| format!("glpat-{}", c.b64u(20))),
    own("gitlab-runner", &["gitlabRunnerToken"], |c| format!("glrt-{}", c.b64u(20))),
    own("gitlab-deploy", &["gitlabDeployToken"], |c| format!("gldt-{}", c.b64u(20))),
    own("gitlab-trigger", &["gitlabTriggerToken"], |c| format!("glptt-{}", c.hex(40))),
    own("npm", &["npmToken"], |c| checked("npm_", c)),
    own("pypi", &["pypiToken"], |c| format!("pypi-AgEIcHlwaS5vcmc{}", c.b64u(150))),
    own("rubygems", &["rubygemsKey"], |c| format!("rubygems_{}", c.hex(48))),
    own("cargo", &["cargoToken"], |c| format!("cio{}", c.b62(32))),
    own("slack-bot", &["slackToken"], |c| format!("xoxb-{}-{}-{}", c.digits(12), c.digits(13), c.b62(24))),
    own("slack-user", &["slackToken"], |c| {
        format!("xoxp-{}-{}-{}-{}", c.digits(12), c.digits(12), c.digits(13), c.hex(32))
    }),
    own("slack-app", &["slackAppToken"], |c| format!("xapp-1-A{}-{}-{}", c.upper36(10), c.digits(13), c.hex(64))),
    own("slack-webhook", &["slackWebhook"], |c| {
        format!("https://hooks.slack.com/services/T{}/B{}/{}", c.upper36(10), c.upper36(10), c.b62(24))
    }),
    own("discord-bot", &["discordBotToken"], |c| {
        format!("{}.{}.{}", BASE64_NOPAD.encode(c.digits(18).as_bytes()), c.b64u(6), c.b64u(38))
    }),
    own("discord-webhook", &["discordWebhook"], |c| {
        format!("https://discord.com/api/webhooks/{}/{}", c.digits(18), c.b64u(68))
    }),
    own("telegram", &["telegramBotToken"], |c| format!("{}:AA{}", c.digits(10), c.b64u(33))),
    named("twilio-key", &["twilioApiKey"], |c| format!("SK{}", c.hex(32))),
    named("twilio-auth", &["twilioAuthToken"], |c| c.hex(32)),
    own("sendgrid", &["sendgridApiKey"], |c| format!("SG.{}.{}", c.b64u(22), c.b64u(43))),
    own("mailgun", &["mailgunApiKey"], |c| format!("key-{}", c.hex(32))),
    named("mailgun-new", &["mailgunApiKey"], |c| format!("{}-{}-{}", c.hex(32), c.hex(8), c.hex(8))),
    own("mailchimp", &["mailchimpApiKey"], |c| format!("{}-us{}", c.hex(32), 1 + c.below(21))),
    own("brevo", &["brevoApiKey"], |c| format!("xkeysib-{}-{}", c.hex(64), c.b62(16))),
    own("resend", &["resendApiKey"], |c| format!("re_{}_{}", c.b58(8), c.b58(24))),
    named("postmark", &["postmarkServerToken"], Chance::uuid),
    own("intercom", &["intercomToken"], |c| {
        BASE64.encode(format!("tok:{}_{}_{}:1:0", c.hex(8), c.hex(4), c.hex(20)).as_bytes())
    }),
    own("onesignal", &["onesignalApiKey"], |c| format!("os_v2_app_{}", c.b32(103).to_lowercase())),
    own("postgres", &["databaseUrl"], |c| database("postgres", c)),
    own("mysql", &["databaseUrl"], |c| database("mysql", c)),
    own("mongodb", &["mongoUri"], |c| {
        format!("mongodb+srv://{}:{}@cluster0.{}.mongodb.net/app", c.lower(6), c.password(), c.lower36(5))
    }),
    own("redis", &["redisUrl"], |c| format!("redis://:{}@cache.prod.internal:6379/0", c.password())),
    own("amqp", &["amqpUrl"], |c| {
        format!("amqps://{}:{}@{}.rmq.cloudamqp.com/v1", c.lower(6), c.password(), c.lower(7))
    }),
    own("basic-auth", &["endpoint"], |c| format!("https://{}:{}@api.{}.io/v1", c.lower(6), c.password(), c.lower(8))),
    own("pem-rsa", &["privateKey"], |c| pem(&["RSA", PRIVATE].join(" "), "MIIE", 20, "\n", c)),
    own("pem-ec", &["privateKey"], |c| pem(&["EC", PRIVATE].join(" "), "MHcCAQEE", 1, "\n", c)),
    own("pem-pkcs8", &["privateKey"], |c| pem(PRIVATE, "MIIE", 20, "\n", c)),
    own("pem-openssh", &["sshKey"], |c| {
        pem(&["OPENSSH", PRIVATE].join(" "), "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB", 4, "\n", c)
    }),
    own("age", &["ageKey"], bech32_age),
    own("huggingface", &["hfToken"], |c| format!("hf_{}", c.letters(34))),
    own("replicate", &["replicateToken"], |c| format!("r8_{}", c.b62(37))),
    own("groq", &["groqApiKey"], |c| format!("gsk_{}WGdyb3FY{}", c.b62(20), c.b62(24))),
    own("perplexity", &["pplxKey"], |c| format!("pplx-{}", c.b62(48))),
    own("openrouter", &["openrouterKey"], |c| format!("sk-or-v1-{}", c.hex(64))),
    own("xai", &["xaiApiKey"], |c| format!("xai-{}", c.b62(80))),
    own("pinecone", &["pineconeApiKey"], |c| format!("pcsk_{}_{}", c.b62(6), c.b62(63))),
    own("langsmith", &["langsmithKey"], |c| format!("lsv2_pt_{}_{}", c.hex(32), c.hex(10))),
    own("deepseek", &["deepseekKey"], |c| format!("sk-{}", c.hex(32))),
    own("elevenlabs", &["elevenlabsKey"], |c| format!("sk_{}", c.hex(48))),
    own("tavily", &["tavilyKey"], |c| format!("tvly-{}", c.b62(32))),
    named("mistral", &["mistralApiKey"], |c| c.b62(32)),
    named("cohere", &["cohereApiKey"], |c| c.b62(40)),
    own("azure-storage", &["storageConnection"], |c| {
        let account = c.lower(9);
        let key = format!("{}+ASt{}A==", c.b64(76), c.b62(5));
        format!("DefaultEndpointsProtocol=https;AccountName={account};AccountKey={key};EndpointSuffix=core.windows.net")
    }),
    own("azure-ad", &["azureClientSecret"], |c| format!("{}8Q~{}", c.b62(3), c.b64u(34))),
    own("azure-sas", &["sasUrl"], |c| {
        let account = c.lower(8);
        format!(
            "https://{account}.blob.core.windows.net/?sv=2024-08-04&ss=b&srt=sco&sp=rwdlac&se=2031-01-01T00:00:00Z&spr=https&sig={}%3D",
            c.b62(43)
        )
    }),
    own("azure-openai", &["azureOpenaiKey"], |c| format!("{}JQQJ99{}", c.b62(52), c.b62(26))),
    own("digitalocean", &["doToken"], |c| format!("dop_v1_{}", c.hex(64))),
    own("databricks", &["databricksToken"], |c| format!("dapi{}", c.hex(32))),
    own("vault", &["vaultToken"], |c| format!("hvs.{}", c.b64u(90))),
    own("terraform", &["tfToken"], |c| format!("{}.atlasv1.{}", c.b62(14), c.b62(67))),
    own("pulumi", &["pulumiToken"], |c| format!("pul-{}", c.hex(40))),
    own("doppler", &["dopplerToken"], |c| format!("dp.pt.{}", c.b62(43))),
    own("planetscale", &["pscaleToken"], |c| format!("pscale_tkn_{}", c.b64u(43))),
    own("fly", &["flyToken"], |c| format!("FlyV1 fm2_{}", c.b64(160))),
    own("heroku", &["herokuKey"], |c| format!("HRKU-AA{}", c.b64u(58))),
    named("heroku-uuid", &["herokuApiKey"], Chance::uuid),
    named("cloudflare", &["cloudflareApiToken"], |c| c.b64u(40)),
    named("cloudflare-global", &["cloudflareApiKey"], |c| c.hex(37)),
    own("cloudflare-origin", &["originCaKey"], |c| format!("v1.0-{}-{}", c.hex(24), c.hex(146))),
    own("turnstile-secret", &["turnstileSecret"], |c| format!("0x4AAAAAA{}", c.b64u(26))),
    own("netlify", &["netlifyToken"], |c| format!("nfp_{}", c.b62(36))),
    named("vercel", &["vercelToken"], |c| c.b62(24)),
    own("alibaba", &["aliyunAccessKeyId"], |c| format!("LTAI{}", c.b62(20))),
    own("linear", &["linearApiKey"], |c| format!("lin_api_{}", c.b62(40))),
    own("notion", &["notionToken"], |c| format!("ntn_{}{}", c.digits(11), c.b62(35))),
    own("airtable", &["airtableToken"], |c| format!("pat{}.{}", c.b62(14), c.hex(64))),
    own("figma", &["figmaToken"], |c| format!("figd_{}", c.b64u(40))),
    own("atlassian", &["jiraToken"], |c| format!("ATATT3xFfGF0{}={}", c.b64u(170), c.hex(8).to_uppercase())),
    own("postman", &["postmanApiKey"], |c| format!("PMAK-{}-{}", c.hex(24), c.hex(34))),
    own("dropbox", &["dropboxToken"], |c| format!("sl.{}", c.b64u(135))),
    own("square", &["squareAccessToken"], |c| format!("EAAA{}", c.b64u(60))),
    own("square-secret", &["squareSecret"], |c| format!("sq0csp-{}", c.b64u(43))),
    own("braintree", &["braintreeToken"], |c| format!("access_token$production${}${}", c.lower36(16), c.hex(32))),
    own("flutterwave", &["flwSecretKey"], |c| format!("FLWSECK-{}-X", c.hex(32))),
    own("shopify", &["shopifyToken"], |c| format!("shpat_{}", c.hex(32))),
    own("shopify-secret", &["shopifyApiSecret"], |c| format!("shpss_{}", c.hex(32))),
    named("plaid", &["plaidSecret"], |c| c.hex(30)),
    own("grafana", &["grafanaToken"], grafana),
    own("grafana-cloud", &["grafanaCloudToken"], |c| {
        let json = format!(r#"{{"o":"{}","n":"deploy","k":"{}","m":{{"r":"eu"}}}}"#, c.digits(6), c.b62(32));
        format!("glc_{}", BASE64.encode(json.as_bytes()))
    }),
    own("newrelic", &["newRelicKey"], |c| format!("NRAK-{}", c.upper36(27))),
    own("dynatrace", &["dynatraceToken"], |c| format!("dt0c01.{}.{}", c.b32(24), c.b32(64))),
    named("datadog", &["datadogApiKey", "DD_API_KEY"], |c| c.hex(32)),
    named("datadog-app", &["datadogAppKey", "DD_APP_KEY"], |c| c.hex(40)),
    own("posthog-personal", &["posthogApiKey"], |c| format!("phx_{}", c.b62(43))),
    own("launchdarkly", &["ldSdkKey"], |c| format!("sdk-{}", c.uuid())),
    own("sentry-org", &["sentryAuthToken"], |c| {
        let json = format!(
            r#"{{"iat":17{}.5,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"{}"}}"#,
            c.digits(8),
            c.lower(6)
        );
        format!("sntrys_{}_{}", BASE64.encode(json.as_bytes()), c.b64(43))
    }),
    own("sentry-user", &["sentryAuthToken"], |c| format!("sntryu_{}", c.hex(64))),
    own("docker", &["dockerToken"], |c| format!("dckr_pat_{}", c.b64u(27))),
    own("circleci", &["circleToken"], |c| format!("CCIPAT_{}_{}", c.b58(22), c.hex(40))),
    own("sonar", &["sonarToken"], |c| format!("sqp_{}", c.hex(40))),
    own("contentful-cma", &["contentfulManagementToken"], |c| format!("CFPAT-{}", c.b64u(43))),
    own("mapbox-secret", &["mapboxSecretToken"], |c| {
        let json = format!(r#"{{"u":"{}","a":"{}"}}"#, c.lower(6), c.lower36(25));
        format!("sk.{}.{}", BASE64URL_NOPAD.encode(json.as_bytes()), c.b64u(22))
    }),
    named("algolia-admin", &["algoliaAdminKey", "ALGOLIA_ADMIN_API_KEY"], |c| c.hex(32)),
    named("auth0-secret", &["auth0ClientSecret"], |c| c.b64u(64)),
    named("okta", &["oktaApiToken"], |c| format!("00{}", c.b64u(40))),
    named("recaptcha-secret", &["recaptchaSecretKey"], |c| format!("6L{}", c.b64u(38))),
    named("laravel", &["APP_KEY"], |c| format!("base64:{}=", c.b64(43))),
    named("django", &["SECRET_KEY"], |c| format!("django-insecure-{}", c.b62(50))),
    named("rails", &["SECRET_KEY_BASE", "secretKeyBase"], |c| c.hex(128)),
    named("nextauth", &["NEXTAUTH_SECRET"], |c| format!("{}=", c.b64(43))),
    named("jwt-secret", &["JWT_SECRET", "jwtSecret"], |c| c.b62(40)),
];

/// Keys that browsers are meant to have.
pub const PUBLIC: &[Kind] = &[
    public("stripe-pk", &["stripePublishableKey"], |c| format!("pk_live_51{}{}", c.b62(14), c.b62(83))),
    public("stripe-pk-test", &["stripeKey"], |c| format!("pk_test_{}", c.b62(24))),
    public("firebase", &["apiKey", "firebaseApiKey"], |c| {
        format!("AIzaSy{}{}", c.pick(&["A", "B", "C", "D"]), c.b64u(32))
    }),
    public("google-maps", &["mapsKey"], |c| format!("AIzaSy{}{}", c.pick(&["A", "B", "C", "D"]), c.b64u(32))),
    public("supabase-anon", &["supabaseKey", "supabaseAnonKey"], |c| supabase("supabase", "anon", c)),
    public("supabase-publishable", &["supabaseKey"], |c| format!("sb_publishable_{}_{}", c.b64u(22), c.b64u(8))),
    public("mapbox-pk", &["mapboxToken"], |c| {
        let json = format!(r#"{{"u":"{}","a":"{}"}}"#, c.lower(6), c.lower36(25));
        format!("pk.{}.{}", BASE64URL_NOPAD.encode(json.as_bytes()), c.b64u(22))
    }),
    public("sentry-dsn", &["sentryDsn"], |c| {
        format!("https://{}@o{}.ingest.sentry.io/{}", c.hex(32), c.digits(6), c.digits(7))
    }),
    public("posthog", &["posthogKey"], |c| format!("phc_{}", c.b62(43))),
    public("algolia-search", &["algoliaSearchKey", "algoliaSearchApiKey"], |c| c.hex(32)),
    public("segment", &["segmentWriteKey"], |c| c.b62(32)),
    public("amplitude", &["amplitudeApiKey"], |c| c.hex(32)),
    public("mixpanel", &["mixpanelToken"], |c| c.hex(32)),
    public("pusher", &["pusherKey"], |c| c.hex(20)),
    public("datadog-rum", &["ddClientToken"], |c| format!("pub{}", c.hex(32))),
    public("newrelic-browser", &["nrLicenseKey"], |c| format!("NRJS-{}", c.hex(19))),
    public("launchdarkly-client", &["ldClientId"], |c| c.hex(24)),
    public("statsig-client", &["statsigKey"], |c| format!("client-{}", c.b62(43))),
    public("clerk-pk", &["clerkPublishableKey"], |c| {
        format!("pk_live_{}", BASE64.encode(format!("clerk.{}.com$", c.lower(7)).as_bytes()).trim_end_matches('='))
    }),
    public("paypal-id", &["paypalClientId"], |c| format!("A{}", c.b64u(79))),
    public("square-id", &["squareAppId"], |c| format!("sq0idp-{}", c.b64u(22))),
    public("braintree-tokenization", &["braintreeKey"], |c| format!("production_{}_{}", c.lower36(8), c.lower36(16))),
    public("razorpay-id", &["razorpayKeyId"], |c| format!("rzp_live_{}", c.b62(14))),
    public("storefront", &["storefrontAccessToken"], |c| c.hex(32)),
    public("contentful-cda", &["contentfulAccessToken"], |c| c.b64u(43)),
    public("walletconnect", &["walletConnectProjectId"], |c| c.hex(32)),
    public("auth0-id", &["auth0ClientId"], |c| c.b62(32)),
    public("google-client-id", &["googleClientId"], |c| {
        format!("{}-{}.apps.googleusercontent.com", c.digits(12), c.lower36(32))
    }),
    public("facebook-app", &["facebookAppId"], |c| c.digits(15)),
    public("gtm", &["gtmId"], |c| format!("GTM-{}", c.upper36(7))),
    public("recaptcha-site", &["recaptchaSiteKey"], |c| format!("6L{}", c.b64u(38))),
    public("hcaptcha-site", &["hcaptchaSiteKey"], Chance::uuid),
    public("turnstile-site", &["turnstileSiteKey"], |c| format!("0x4AAAAAA{}", c.b64u(14))),
    public("vapid", &["vapidPublicKey", "applicationServerKey"], |c| format!("B{}", c.b64u(86))),
    public("pem-public", &["publicKey"], |c| pem("PUBLIC KEY", "MIIB", 5, "\n", c)),
    public("certificate", &["certificate"], |c| pem("CERTIFICATE", "MIID", 12, "\n", c)),
    public("twilio-sid", &["twilioAccountSid"], |c| format!("AC{}", c.hex(32))),
    public("presigned", &["downloadUrl"], |c| {
        format!(
            "https://{}.s3.eu-west-1.amazonaws.com/a.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIA{}%2F20260110%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260110T101010Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature={}",
            c.lower(6),
            c.b32(16),
            c.hex(64)
        )
    }),
];
