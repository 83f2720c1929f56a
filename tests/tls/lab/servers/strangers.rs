//! Ports that speak no TLS, or lie: nothing may be found there, and nothing called clean.

use super::super::authority::{Leaf, issue};
use super::super::fake::{Fake, Instead, TLS12};
use super::super::message::{ServerHello, certificate, message, record};
use super::{Made, Server};

pub const ALL: [Server; 14] = [
    stranger("plain-http", || {
        instead(Instead::Bytes(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec()))
    }),
    stranger("ssh", || instead(Instead::Greeting(b"SSH-2.0-OpenSSH_9.2p1\r\n"))),
    stranger("smtp-greeting", || instead(Instead::Greeting(b"220 mail.lab.example ESMTP\r\n"))),
    stranger("closes", || instead(Instead::Close)),
    stranger("silent", || instead(Instead::Silence)),
    stranger("alert", || instead(Instead::Alert(40))),
    stranger("internal-error", || instead(Instead::Alert(80))),
    stranger("garbage", || instead(Instead::Bytes((0..600_u32).map(|it| (it * 167 % 251) as u8).collect()))),
    stranger("endless-records", || instead(Instead::Endless(record(22, TLS12, &message(11, &[0; 12_000]), 1 << 14)))),
    stranger("endless-warnings", || instead(Instead::Endless(vec![21, 3, 3, 0, 2, 1, 90]))),
    stranger("long-message", || instead(Instead::Bytes(record(22, TLS12, &[2, 0xff, 0xff, 0xff, 3, 3], 1 << 14)))),
    stranger("wrong-version", || instead(Instead::Bytes(hello(0x0305, 0xc02b)))),
    stranger("unoffered-suite", || instead(Instead::Bytes(hello(TLS12, 0xfade)))),
    stranger("broken-chain", || {
        let mut broken = certificate(&issue(&Leaf::good()).chain);
        broken[6] = 0xff;
        instead(Instead::Bytes([hello(TLS12, 0xc02b), record(22, TLS12, &broken, 1 << 14)].concat()))
    }),
];

const fn stranger(name: &'static str, make: fn() -> Made) -> Server {
    Server { name, make, raises: &[] }
}

fn instead(what: Instead) -> Made {
    Fake::tls12(issue(&Leaf::good())).mannered(|it| it.instead = Some(what)).into()
}

fn hello(version: u16, suite: u16) -> Vec<u8> {
    let hello = ServerHello { version, random: [7; 32], session: &[], suite, compression: 0, extensions: Vec::new() };
    record(22, TLS12, &hello.message(), 1 << 14)
}
