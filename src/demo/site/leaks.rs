//! What should never have been deployed: an environment file, a repository, a dump, the actuator.
//!
//! Invariant: every value is made up, and what looks like a secret is assembled when it is served.
//! Must never import a folder above `reload`.

use super::{Answer, fake_secret};

const PLAIN: &str = "text/plain";
const ACTUATOR: &str = "application/vnd.spring-boot.actuator.v3+json";

pub(super) fn answer(path: &str) -> Option<Answer> {
    Some(match path {
        "/.env" => Answer::new(200, "application/octet-stream", environment()),
        "/.env.example" => Answer::new(200, PLAIN, "# Copy to .env and fill in.\n"),
        "/.git/HEAD" => Answer::new(200, PLAIN, "ref: refs/heads/main\n"),
        "/.git/config" => Answer::new(200, PLAIN, GIT_CONFIG),
        "/backup.sql" => Answer::new(200, "application/sql", dump()),
        "/actuator" => Answer::new(200, ACTUATOR, ACTUATOR_INDEX),
        "/actuator/health" => Answer::new(200, ACTUATOR, ACTUATOR_HEALTH),
        "/actuator/env" => Answer::new(200, ACTUATOR, actuator_environment()),
        _ => return None,
    })
}

fn environment() -> String {
    let lines = [
        ("APP_NAME", "acme-shop".to_owned()),
        ("APP_ENV", "production".to_owned()),
        ("APP_KEY", fake_secret("base64:", 43) + "="),
        ("DB_HOST", "db.internal.acme.example".to_owned()),
        ("DB_USERNAME", "shop".to_owned()),
        ("DB_PASSWORD", fake_secret("", 18)),
        ("MAIL_PASSWORD", fake_secret("m", 15)),
    ];
    lines.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

fn dump() -> String {
    format!(
        "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Host: localhost    Database: shop\n\
         CREATE TABLE `users` (`id` int, `email` varchar(255), `password` char(60));\n\
         INSERT INTO `users` VALUES (1,'wile@acme.example','{}');\n",
        fake_secret("$2y$10$", 53)
    )
}

fn actuator_environment() -> String {
    let password = fake_secret("", 16);
    format!(
        "{{\"activeProfiles\":[\"production\"],\"propertySources\":[{{\"name\":\"systemEnvironment\",\"properties\":\
         {{\"DB_HOST\":{{\"value\":\"db.internal.acme.example\"}},\"DB_PASSWORD\":{{\"value\":\"{password}\"}}}}}}]}}"
    )
}

const GIT_CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\
    [remote \"origin\"]\n\turl = https://git.acme.example/shop/web.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n";

const ACTUATOR_INDEX: &str = "{\"_links\":{\"self\":{\"href\":\"/actuator\",\"templated\":false},\
    \"health\":{\"href\":\"/actuator/health\",\"templated\":false},\"env\":{\"href\":\"/actuator/env\",\"templated\":false}}}";

const ACTUATOR_HEALTH: &str = "{\"status\":\"UP\",\"components\":{\"db\":{\"status\":\"UP\"},\
    \"diskSpace\":{\"status\":\"UP\",\"details\":{\"total\":105089261568,\"free\":61089261568}}}}";
