//! Files that lie in the web root: each rule finds its own as the programs write them, and says no more than that; the same
//! names with other contents are no alarm, whatever the server makes of paths that it does not know.

use std::collections::BTreeMap;

use outsight::base::Severity;

use super::site::{Asked, Said, Scanned, page, scan_site};

/// The rules that this page is about.
const RULES: [&str; 31] = [
    "app-config-exposed",
    "backup-archive-exposed",
    "bzr-exposed",
    "ci-config-exposed",
    "container-files-exposed",
    "credential-files-exposed",
    "cvs-exposed",
    "database-dump-exposed",
    "deployment-config-exposed",
    "dotenv-exposed",
    "ds-store-exposed",
    "editor-files-exposed",
    "git-exposed",
    "hg-exposed",
    "htpasswd-exposed",
    "infrastructure-files-exposed",
    "keystore-exposed",
    "kubeconfig-exposed",
    "log-file-exposed",
    "package-manifest-exposed",
    "private-key-exposed",
    "service-account-exposed",
    "shell-history-exposed",
    "source-backup-exposed",
    "ssh-files-exposed",
    "svn-exposed",
    "system-files-exposed",
    "terraform-state-exposed",
    "thumbs-db-exposed",
    "vendor-folder-exposed",
    "wordpress-config-backup",
];

/// A file: its address, its bytes, and the rule, the level and the case that are expected of it alone.
type File = (&'static str, Vec<u8>, &'static str, Severity, &'static str);

/// A secret without a shape that any pattern could know it by.
fn secret() -> String {
    ["Tr0ub", "canary", "4dor8xQz9Kw"].concat()
}

/// The first line of a private key of this kind.
fn key(kind: &str) -> String {
    ["-----BEGIN ", kind, "PRIV", "ATE KEY-----\n", &"MIIEvQIBADANBgkqhkiG9w0B".repeat(2), "\n"].concat()
}

fn file(
    path: &'static str,
    body: impl Into<Vec<u8>>,
    rule: &'static str,
    severity: Severity,
    case: &'static str,
) -> File {
    (path, body.into(), rule, severity, case)
}

/// Settings of applications.
fn settings() -> Vec<File> {
    use Severity::{Critical, High, Low, Medium};
    let s = secret();
    let rails = format!("# SQLite\nproduction:\n  adapter: mysql2\n  password: {s}\n");
    let dotnet = format!(r#"{{"ConnectionStrings":{{"Shop":"Server=db;User Id=a;Password={s}"}}}}"#);
    let magento = format!(
        "<?xml version=\"1.0\"?>\n<config><global><crypt><key><![CDATA[{s}]]></key></crypt>\n\
         <password><![CDATA[{s}]]></password>"
    );
    let wordpress = format!("<?php\ndefine( 'DB_NAME', 'wp' );\ndefine( 'DB_PASSWORD', '{s}' );\n");
    let joomla = format!("<?php\nclass JConfig {{\n\tpublic $password = '{s}';\n}}\n");
    let databases = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project version=\"4\">\n  \
                     <component name=\"DataSourceManagerImpl\">\n<jdbc-url>jdbc:mysql://db.internal/shop</jdbc-url>\n";
    let servers = format!(
        "<project version=\"4\">\n <component name=\"WebServers\">\n  <fileTransfer host=\"h\" password=\"{s}\" />\n"
    );
    vec![
        file("/.env", format!("APP_NAME=Shop\nAPP_KEY=base64:{s}\nDB_PASSWORD={s}\n"), "dotenv-exposed", Critical, ""),
        file("/.env.dev", "APP_ENV=dev\nDB_PASSWORD=changeme\n", "dotenv-exposed", Low, ""),
        file("/config/database.yml", rails, "app-config-exposed", Critical, "rails"),
        file("/application.properties", "server.port=8080\n", "app-config-exposed", Medium, "spring"),
        file("/appsettings.Production.json", dotnet, "app-config-exposed", Critical, "json"),
        file("/app/etc/local.xml", magento, "app-config-exposed", Critical, "magento"),
        file("/wp-config.php.bak", wordpress, "wordpress-config-backup", Critical, ""),
        file("/configuration.php~", joomla, "source-backup-exposed", Critical, ""),
        file("/.idea/dataSources.xml", databases, "editor-files-exposed", Medium, "jetbrains"),
        file("/.idea/WebServers.xml", servers, "editor-files-exposed", High, "jetbrains"),
    ]
}

/// Credentials and keys.
fn secrets() -> Vec<File> {
    use Severity::{Critical, High};
    let s = secret();
    let account = serde_json::json!({ "type": "service_account", "project_id": "shop", "private_key": key("") });
    let aws = format!("[default]\naws_access_key_id = x\naws_secret_access_key = {s}\n");
    let cluster = format!("apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: {s}\n");
    let upload = format!(r#"{{ "host": "h", "username": "u", "password": "{s}", "remotePath": "/" }}"#);
    let sites = format!("<FileZilla3><Servers><Server><Host>h</Host><Pass encoding=\"base64\">{s}</Pass></Server>");
    let typed = format!("cd /srv/www\nls -la\nmysqldump -u root -p{s} shop > /tmp/shop.sql\nexit\n");
    let first = format!(": 1760000000:0;sshpass -p {s} ssh a@b\n");
    vec![
        file("/.npmrc", format!("//registry.example/:_authToken={s}\n"), "credential-files-exposed", Critical, "npm"),
        file("/.aws/credentials", aws, "credential-files-exposed", Critical, "aws"),
        file("/service-account.json", account.to_string(), "service-account-exposed", Critical, "service-account"),
        file("/server.key", key("RSA "), "private-key-exposed", Critical, ""),
        file("/127.0.0.1.pem", key("ENCRYPTED "), "private-key-exposed", High, ""),
        file("/keystore.jks", *b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01", "keystore-exposed", High, ""),
        file("/server.pfx", *b"\x30\x82\x09\x39\x02\x01\x03\x30\x82\x08", "keystore-exposed", High, ""),
        file("/.kube/config", cluster, "kubeconfig-exposed", Critical, ""),
        file("/.vscode/sftp.json", upload, "deployment-config-exposed", Critical, "editor"),
        file("/sitemanager.xml", sites, "deployment-config-exposed", Critical, "filezilla"),
        file("/.htpasswd", format!("bob:$apr1${s}\n"), "htpasswd-exposed", High, "passwords"),
        file("/.bash_history", typed, "shell-history-exposed", Critical, ""),
        file("/.zsh_history", first, "shell-history-exposed", Critical, ""),
    ]
}

/// Repositories, sources, and descriptions of how they are built and run.
fn sources() -> Vec<File> {
    use Severity::{Critical, High, Info, Low, Medium};
    let s = secret();
    let id = "0123456789abcdef0123456789abcdef01234567";
    let log = format!("{id} {id} Ann <ann@example.com> 1760000000 +0000\tcommit: x\n");
    let entries = "D/img////\n/a.php/1.1.1.1/Sun Nov 22 04:30:51 2026//\n";
    let compose =
        format!("services:\n  db:\n    image: postgres:16\n    environment:\n      - POSTGRES_PASSWORD={s}\n");
    let state =
        format!("{{\n \"version\": 4,\n \"terraform_version\": \"1.11.4\",\n \"a\": {{ \"password\": \"{s}\" }}\n}}\n");
    let variables = format!("region = \"eu-west-1\"\ndb_password = \"{s}\"\n");
    let installed =
        "{\n    \"packages\": [\n        {\n            \"name\": \"psr/log\",\n            \"version\": \"3.0.2\"\n";
    let package = r#"{ "name": "shop", "dependencies": { "express": "^5.0.0" } }"#;
    vec![
        file("/.git/HEAD", "ref: refs/heads/main\n", "git-exposed", High, "head"),
        file("/.git/index", *b"DIRC\0\0\0\x02\0\0\0\x07", "git-exposed", High, "index"),
        file("/.git/logs/HEAD", log, "git-exposed", High, "log"),
        file("/.svn/wc.db", *b"SQLite format 3\0\x10\0\x01\x01", "svn-exposed", High, "database"),
        file("/.hg/requires", "generaldelta\nrevlogv1\nsparserevlog\nstore\n", "hg-exposed", High, "requirements"),
        file("/.bzr/branch-format", "Bazaar-NG meta directory, format 1\n", "bzr-exposed", High, ""),
        file("/CVS/Entries", entries, "cvs-exposed", Medium, "entries"),
        file("/docker-compose.yml", compose, "container-files-exposed", High, "compose"),
        file("/.gitlab-ci.yml", "stages:\n  - build\nbuild:\n  script: make\n", "ci-config-exposed", Low, "pipeline"),
        file("/terraform.tfstate", state, "terraform-state-exposed", Critical, ""),
        file("/terraform.tfvars", variables, "infrastructure-files-exposed", Critical, "terraform-variables"),
        file("/vendor/composer/installed.json", installed, "vendor-folder-exposed", Low, "installed"),
        file("/package.json", package, "package-manifest-exposed", Info, "npm"),
        file("/go.mod", "module git.example/shop\n\ngo 1.26\n", "package-manifest-exposed", Info, "go"),
    ]
}

/// Archives, dumps, logs, and what systems leave in folders.
fn data() -> Vec<File> {
    use Severity::{Critical, High, Info, Low, Medium};
    let archive = *b"PK\x03\x04\x14\0\0\0\x08\0................htdocs/index.php";
    let dump = format!("-- MySQL dump 10.13  Distrib 8.0.36\n--\nINSERT INTO `users` VALUES (1,'{}');\n", secret());
    let visits = "203.0.113.7 - - [03/Feb/2026:04:05:06 +0000] \"GET / HTTP/1.1\" 200 17 \"-\" \"curl\"\n";
    let users = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n";
    let hosts = "git.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\n";
    vec![
        file("/backup.zip", archive, "backup-archive-exposed", High, ""),
        file("/127.0.0.1.tar.gz", *b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "backup-archive-exposed", Medium, ""),
        file("/backup.sql", dump, "database-dump-exposed", Critical, ""),
        file("/data.sql", "CREATE TABLE IF NOT EXISTS notes (\n  id int\n);\n", "database-dump-exposed", Medium, ""),
        file("/dump.sql.gz", *b"\x1f\x8b\x08\x08\0\0\0\0\0\x03db.sql\0", "database-dump-exposed", High, ""),
        file("/access.log", visits, "log-file-exposed", Medium, ""),
        file("/.ssh/known_hosts", hosts, "ssh-files-exposed", Low, "known-hosts"),
        file("/etc/passwd", users, "system-files-exposed", High, ""),
        file("/.DS_Store", *b"\0\0\0\x01Bud1\0\0\x10\0", "ds-store-exposed", Low, ""),
        file("/Thumbs.db", *b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "thumbs-db-exposed", Info, ""),
    ]
}

fn all_files() -> Vec<File> {
    [settings(), secrets(), sources(), data()].concat()
}

/// The findings of these rules, in words: the rule, its level, and every place with its case.
fn told(scanned: &Scanned) -> Vec<String> {
    let ours = scanned.findings.iter().filter(|finding| RULES.contains(&&*finding.rule));
    let mut lines: Vec<String> = ours
        .map(|finding| {
            let mut places: Vec<String> =
                finding.places.iter().map(|place| place_in_words(&place.url, place.case.as_deref())).collect();
            places.sort_unstable();
            format!("{} {}: {}", finding.rule, finding.severity, places.join(", "))
        })
        .collect();
    lines.sort_unstable();
    lines
}

fn place_in_words(url: &str, case: Option<&str>) -> String {
    let path = url.splitn(4, '/').nth(3).unwrap_or_default();
    format!("/{path} {}", case.unwrap_or_default()).trim_end().to_owned()
}

/// The same of what is expected: the worst level of a rule's files leads its one finding.
fn expected(files: &[File]) -> Vec<String> {
    let mut rules: BTreeMap<&str, (Severity, Vec<String>)> = BTreeMap::new();
    for (path, _, rule, severity, case) in files {
        let (worst, places) = rules.entry(rule).or_insert((*severity, Vec::new()));
        *worst = (*worst).max(*severity);
        places.push(format!("{path} {case}").trim_end().to_owned());
    }
    let line = |(rule, (severity, mut places)): (&str, (Severity, Vec<String>))| {
        places.sort_unstable();
        format!("{rule} {severity}: {}", places.join(", "))
    };
    rules.into_iter().map(line).collect()
}

fn serve(files: Vec<File>) -> Scanned {
    scan_site(move |asked| match files.iter().find(|(path, ..)| *path == asked.target) {
        Some((path, body, ..)) if path.ends_with(".json") => Said::new(200, "application/json", body.as_slice()),
        Some((path, body, ..)) if path.ends_with(".xml") => Said::new(200, "text/xml", body.as_slice()),
        Some((_, body, ..)) => Said::new(200, "application/octet-stream", body.as_slice()),
        None => Said::new(404, "text/html", "<title>Not found</title>"),
    })
}

#[test]
fn each_rule_finds_its_files_and_no_other() {
    let files = all_files();
    let untried: Vec<_> = RULES.iter().filter(|rule| !files.iter().any(|(_, _, of, ..)| of == *rule)).collect();
    assert!(untried.is_empty(), "no file for {untried:?}");
    let scanned = serve(files.clone());
    assert_eq!(scanned.undecided, [""; 0]);
    assert_eq!(told(&scanned), expected(&files));
    let findings = format!("{:?}", scanned.findings);
    assert!(!findings.contains("canary"), "a finding holds a secret");
    assert!(!findings.contains("MIIEvQIBADANBgkq"), "a finding holds a key");
}

/// One file at a time: its level does not depend on the worse ones beside it.
#[test]
fn each_file_has_its_own_level() {
    let lesser = |file: &File| matches!(file.3, Severity::Low | Severity::Medium | Severity::High);
    let alone = all_files().into_iter().filter(lesser);
    // One file a rule and round: the rules do not see each other's.
    let mut rounds: Vec<Vec<File>> = Vec::new();
    for file in alone {
        match rounds.iter_mut().find(|round| round.iter().all(|other| other.2 != file.2)) {
            Some(round) => round.push(file),
            None => rounds.push(vec![file]),
        }
    }
    for round in rounds {
        assert_eq!(told(&serve(round.clone())), expected(&round));
    }
}

/// What might honestly lie at an address of this name.
fn harmless(path: &str) -> Said {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit('.').next().unwrap_or_default();
    match ending {
        "json" => {
            Said::new(200, "application/json", r#"{"name":"shop","title":"A shop","apiHost":"https://api.example"}"#)
        }
        "yml" | "yaml" => {
            Said::new(200, "text/yaml", "title: A shop\ntheme: light\nmenu:\n  - home\n  - secret sale\n")
        }
        "xml" | "config" => {
            Said::new(200, "text/xml", "<?xml version=\"1.0\"?><note><to>Ann</to><body>password</body></note>")
        }
        "zip" | "gz" | "jks" | "p12" | "pfx" | "db" => Said::new(200, "image/png", *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        "sql" => {
            Said::new(200, "text/plain", "-- How to write CREATE TABLE and INSERT INTO is told elsewhere.\nselect 1;\n")
        }
        "key" | "pem" => Said::new(200, "text/plain", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        "log" => Said::new(200, "text/plain", "Changes of the shop\n\n2026-02-03: a new menu\n"),
        "py" => Said::new(200, "text/plain", "# Nothing to set.\nprint('SECRET_KEY = x')\n"),
        "tf" | "tfvars" => Said::new(200, "text/plain", "The region = \"eu-west-1\" is set in main.tf, resource {.\n"),
        "env" | "local" | "prod" | "dev" => {
            Said::new(200, "text/plain", "# DB_PASSWORD=secret was here\n# nothing left\n")
        }
        "htaccess" | "htpasswd" => Said::new(200, "text/plain", "Ask bob: he has the password.\n"),
        "swp" => Said::new(200, "text/plain", "b0VIM is how such files begin.\n"),
        _ if path.ends_with('~') || path.contains(".php") => page("<p>There is <code>&lt;?php</code> no more.</p>"),
        _ => Said::new(200, "text/plain", "Host: none\nURL = https://example.com/\npassword: ask for it\n"),
    }
}

#[test]
fn the_same_names_with_other_contents_are_no_alarm() {
    let scanned = scan_site(|asked| match is_unknown(asked.target) {
        false if asked.target.len() > 1 => harmless(asked.target),
        _ => Said::new(404, "text/plain", "Not found"),
    });
    assert_eq!(scanned.undecided, [""; 0]);
    assert_eq!(told(&scanned), [""; 0]);
}

/// Whether a path is one of the two random ones, which every host is asked for first.
fn is_unknown(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// A server that knows random paths from others, so that nothing but the content tells the truth, has no file either.
fn assert_no_file(answer: impl Fn(&Asked<'_>) -> Said + Send + Sync + 'static) {
    let scanned = scan_site(move |asked| match is_unknown(asked.target) {
        true => Said::new(404, "text/html", "<title>Not found</title>"),
        false => answer(asked),
    });
    assert_eq!(scanned.undecided, [""; 0]);
    assert_eq!(told(&scanned), [""; 0]);
}

#[test]
fn pages_for_everything_are_no_files() {
    assert_no_file(|_| page("<!doctype html><title>Shop</title><div id=root></div>"));
    assert_no_file(|asked| page(format!("<title>Blocked</title><p>Request for {} was blocked. ID 7f3a", asked.target)));
    assert_no_file(|asked| {
        Said::new(200, "text/plain", format!("Access denied: {}\nReference: 18.7f3a\n", asked.target))
    });
    assert_no_file(|_| page(""));
    let login = "<!doctype html><title>Sign in</title><form><input type=password name=password value=></form>";
    assert_no_file(move |asked| match asked.target {
        "/login" => page(login),
        _ => Said::new(302, "text/html", login).with("Location", "/login"),
    });
}

#[test]
fn data_for_everything_is_no_file() {
    assert_no_file(|_| Said::new(200, "application/json", r#"{"error":"not found","code":404,"token":null}"#));
    assert_no_file(|asked| {
        let body = serde_json::json!({ "path": asked.target, "error": "invalid token: abcdef0123456789", "data": {} });
        Said::new(200, "application/json", serde_json::to_string_pretty(&body).expect("it is data"))
    });
    let xml = "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Key>secret</Key><RequestId>4442587F</RequestId></Error>";
    assert_no_file(move |_| Said::new(200, "application/xml", xml));
    assert_no_file(|asked| {
        Said::new(200, "text/yaml", format!("error: not found\npath: {}\nid: 7f3a\n", asked.target))
    });
}

#[test]
fn echoes_are_no_files() {
    assert_no_file(|asked| Said::new(200, "text/plain", asked.target));
    assert_no_file(|asked| Said::new(200, "text/plain", format!("{}\n", asked.target.trim_start_matches('/'))));
    assert_no_file(|asked| Said::new(200, "text/plain", asked.head));
    assert_no_file(|asked| {
        let fields = asked.head.split_once("\r\n").map_or("", |(_, fields)| fields);
        Said::new(200, "text/plain", format!("{fields}\r\nX-Path: {}\r\n", asked.target))
    });
    assert_no_file(|asked| {
        let body = serde_json::json!({ "request": asked.head, "url": asked.target, "headers": [asked.head] });
        Said::new(200, "application/json", body.to_string())
    });
}

#[test]
fn noise_is_no_file() {
    assert_no_file(|asked| {
        let seed = asked
            .target
            .bytes()
            .fold(1469598103934665603u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211));
        let noise = (0..600u64).map(|nth| (seed.wrapping_mul(nth * 2 + 1) >> 29) as u8);
        Said::new(200, "application/octet-stream", noise.collect::<Vec<u8>>())
    });
}

/// Names and values without a word of an application: worth a look, and no more.
#[test]
fn variables_for_everything_are_no_alarm() {
    let scanned = scan_site(|asked| match is_unknown(asked.target) {
        true => Said::new(404, "text/plain", "Not found"),
        false => Said::new(200, "text/plain", format!("REQUEST_ID=7\nSERVER_NAME=shop\nPATH={}\n", asked.target)),
    });
    let loud =
        scanned.findings.iter().filter(|finding| RULES.contains(&&*finding.rule) && finding.severity > Severity::Info);
    assert_eq!(loud.map(|finding| format!("{}", finding.rule)).collect::<Vec<_>>(), [""; 0]);
}
