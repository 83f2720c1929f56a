//! A finding about a secret never holds the secret.

use super::site::{Said, page, scan_site};

/// A secret of 20 characters without a shape that any pattern could know it by.
fn secret() -> String {
    ["Zq7", "canary", "9xYzAb3Rk5w"].concat()
}

/// Files that hold the secret, each as its program writes it, and the rule that finds them.
fn files() -> Vec<(&'static str, &'static str, String)> {
    let s = secret();
    let key = ["-----BEGIN RSA PRIV", "ATE KEY-----"].concat();
    vec![
        ("/.env", "dotenv-exposed", format!("A_B=1\nAPP_KEY=base64:{s}\nDB_PASS={s}\nMAIL_PASSWORD=\"two {s}\"\n")),
        ("/.env.local", "dotenv-exposed", format!("DATABASE_URL=postgres://app:{s}@db/app\nSENTRY_DSN={s}\n")),
        ("/wp-config.txt", "wordpress-config-backup", format!("define( 'DB_PASSWORD', '{s}' );\n")),
        ("/.aws/credentials", "credential-files-exposed", format!("[default]\naws_secret_access_key = {s}{s}\n")),
        ("/.npmrc", "credential-files-exposed", format!("//registry.example/:_authToken={s}\n")),
        ("/.netrc", "credential-files-exposed", format!("machine git.example\n  login ci\n  password {s}\n")),
        ("/.git-credentials", "credential-files-exposed", format!("https://ci:{s}@git.example\n")),
        ("/.pgpass", "credential-files-exposed", format!("db.internal:5432:app:app:{s}\n")),
        (
            "/.docker/config.json",
            "credential-files-exposed",
            format!(r#"{{"auths":{{"r.example":{{"auth":"{s}"}}}}}}"#),
        ),
        (
            "/docker-compose.yml",
            "container-files-exposed",
            format!("services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: {s}\n"),
        ),
        ("/.travis.yml", "ci-config-exposed", format!("language: go\nenv:\n  - NPM_TOKEN={s}\n")),
        ("/config/database.yml", "app-config-exposed", format!("production:\n  adapter: mysql2\n  password: {s}\n")),
        ("/config.json", "config-endpoint-exposed", format!(r#"{{"db":{{"host":"db","password":"{s}"}}}}"#)),
        ("/appsettings.json", "config-endpoint-exposed", format!(r#"{{"c":"Server=db;User Id=a;Password={s}"}}"#)),
        ("/terraform.tfstate", "terraform-state-exposed", format!(r#"{{"lineage":"a","x":{{"password":"{s}"}}}}"#)),
        ("/.kube/config", "kubeconfig-exposed", format!("kind: Config\nusers:\n- user:\n    token: {s}\n")),
        ("/.htpasswd", "htpasswd-exposed", format!("admin:$apr1${s}\n")),
        (
            "/.vscode/sftp.json",
            "deployment-config-exposed",
            format!(r#"{{"host":"h","username":"u","password":"{s}","remotePath":"/"}}"#),
        ),
        ("/api/debug", "environment-dump", format!(r#"{{"PATH":"/usr/local/bin:/usr/bin","JWT_SECRET":"{s}"}}"#)),
        ("/health", "health-verbose", format!(r#"{{"db":"postgres://app:{s}@db/app"}}"#)),
        (
            "/.git/config",
            "git-exposed",
            format!("[core]\n[remote \"origin\"]\n\turl = https://ci:{s}@git.example/a.git\n"),
        ),
        ("/server.key", "private-key-exposed", format!("{key}\n{s}\n")),
        ("/index.php~", "source-backup-exposed", format!("<?php\n$db = ['password' => '{s}'];\n")),
        ("/backup.sql", "database-dump-exposed", format!("INSERT INTO users VALUES (1,'{s}');\n")),
    ]
}

#[test]
fn no_finding_holds_a_secret() {
    let phpinfo =
        format!("<title>phpinfo()</title><tr><td class=\"e\">DB_PASSWORD </td><td class=\"v\">{} </td></tr>", secret());
    let served = files();
    let scanned = scan_site(move |asked| match served.iter().find(|(path, _, _)| *path == asked.target) {
        Some((path, _, text)) if path.ends_with("json") || text.starts_with('{') => {
            Said::new(200, "application/json", text.as_str())
        }
        Some((_, _, text)) => Said::new(200, "text/plain", text.as_str()),
        None if asked.target == "/phpinfo.php" => page(phpinfo.as_str()),
        None => Said::new(404, "text/plain", "no"),
    });
    let mut expected: Vec<&str> = files().into_iter().map(|(_, rule, _)| rule).chain(["phpinfo-exposed"]).collect();
    expected.sort_unstable();
    expected.dedup();
    let found = scanned.rules();
    let missed: Vec<_> = expected.iter().filter(|rule| !found.contains(rule)).collect();
    assert!(missed.is_empty(), "not found: {missed:?}");
    let places = scanned.findings.iter().flat_map(|finding| &finding.places).map(|place| format!("{place:#?}"));
    let telling: Vec<String> = places.filter(|place| place.contains("canary")).collect();
    assert!(telling.is_empty(), "{}", telling.join("\n"));
    assert!(!format!("{:?}", scanned.findings).contains("canary"));
}
