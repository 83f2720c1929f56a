//! The shop's API: CORS that trusts everybody, and an error handler that tells all.
//!
//! Must never import a folder above `reload`.

use super::{Answer, Asked};

const JSON: &str = "application/json";

pub(super) fn answer(asked: &Asked, path: &str) -> Answer {
    if path == "/api/health" {
        return json(200, "{\"status\":\"UP\"}").with("Cache-Control", "no-store");
    }
    let answer = match (asked.method.as_str(), path) {
        ("OPTIONS", _) => preflight(),
        ("GET" | "HEAD", "/api/products") => json(200, PRODUCTS),
        ("GET" | "HEAD", _) if path.starts_with("/api/orders/") => json(500, TRACE),
        ("GET" | "HEAD", _) => json(404, "{\"error\":\"not found\"}"),
        _ => json(405, "{\"error\":\"method not allowed\"}").with("Allow", "GET, HEAD, OPTIONS"),
    };
    reflect(answer, asked)
}

fn json(status: u16, body: &str) -> Answer {
    Answer::new(status, JSON, body).with("X-Content-Type-Options", "nosniff")
}

fn preflight() -> Answer {
    let answer = Answer { status: 204, fields: Vec::new(), body: String::new() };
    answer
        .with("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
        .with("Access-Control-Allow-Headers", "Authorization, Content-Type")
        .with("Access-Control-Max-Age", "86400")
}

/// The mistake: whoever asks is let in, with the visitor's cookies, and no cache is told that the answer varies.
fn reflect(answer: Answer, asked: &Asked) -> Answer {
    match &asked.origin {
        Some(origin) => {
            answer.with("Access-Control-Allow-Origin", origin.as_str()).with("Access-Control-Allow-Credentials", "true")
        }
        None => answer,
    }
}

const PRODUCTS: &str =
    "[{\"id\":1,\"name\":\"Anvil\",\"price\":49.9},{\"id\":2,\"name\":\"Rocket skates\",\"price\":199}]";

const TRACE: &str = "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"status\":500,\"error\":\"Internal Server Error\",\
    \"trace\":\"java.lang.IllegalStateException: order 1 has no customer\\n\
    \\tat com.acme.shop.Orders.customer(Orders.java:88)\\n\
    \\tat com.acme.shop.Orders.find(Orders.java:41)\\n\
    \\tat com.acme.shop.OrderController.get(OrderController.java:23)\\n\
    \\tat java.base/java.lang.Thread.run(Thread.java:840)\\n\"}";
