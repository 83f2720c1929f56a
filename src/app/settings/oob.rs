//! Settings of interactions out of band, as people write them.
//!
//! Invariant: what `shown` gives holds no credential. Must never import a folder above `report`.

use std::net::{IpAddr, SocketAddr};

use super::value::FromText;
use crate::base::{Origin, Scheme, Secret};
use crate::oob::{Listening, Service, Zone, families};

/// Where a target that calls back arrives.
#[derive(Debug, Clone)]
pub enum OobSite {
    /// At a domain whose name servers are this machine, with the address that others reach it by.
    Domain(Zone, Vec<IpAddr>),
    /// At an HTTP server of ours without a domain.
    Server(Origin),
    /// At a server elsewhere.
    Elsewhere(String),
}

impl FromText for OobSite {
    // Commas separate the addresses of a domain.
    const SEPARATOR: char = '\n';

    fn from_text(text: &str) -> Result<Self, String> {
        const FORMS: &str = "write DOMAIN=ADDRESS, HOST:PORT, or the URL of a server";
        if text.contains("://") {
            return Ok(Self::Elsewhere(text.to_owned()));
        }
        if let Some((domain, addresses)) = text.split_once('=') {
            let addresses: Result<Vec<IpAddr>, _> =
                addresses.split(',').map(|address| address.trim().parse()).collect();
            let addresses = addresses.map_err(|_| format!("`{text}` has no address behind its domain; {FORMS}"))?;
            let (v4, v6) = families(&addresses);
            let zone = Zone::new(domain.trim(), v4, v6).ok_or_else(|| format!("`{domain}` is no domain; {FORMS}"))?;
            return Ok(Self::Domain(zone, addresses));
        }
        let (host, port) = text.rsplit_once(':').ok_or_else(|| format!("`{text}` says too little; {FORMS}"))?;
        let port = port.parse().map_err(|_| format!("`{port}` is no port; {FORMS}"))?;
        let origin = Origin::new(Scheme::Http, host, port);
        origin.map(Self::Server).ok_or_else(|| format!("`{host}` is no host; {FORMS}"))
    }

    fn text(&self) -> String {
        match self {
            Self::Domain(zone, addresses) => {
                let addresses: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
                format!("{}={}", zone.domain(), addresses.join(","))
            }
            Self::Server(origin) => format!("{}:{}", origin.url_host(), origin.port),
            Self::Elsewhere(url) => url.text(),
        }
    }
}

impl FromText for Listening {
    fn from_text(text: &str) -> Result<Self, String> {
        let names = || Service::ALL.map(Service::name).join(", ");
        let (name, address) = text.split_once('=').unwrap_or((text, ""));
        let service = Service::ALL.into_iter().find(|service| service.name() == name);
        let service = service.ok_or_else(|| format!("`{name}` is no service; there are {}", names()))?;
        let everywhere = SocketAddr::from(([0, 0, 0, 0], service.port()));
        if address.is_empty() {
            return Ok(Self { service, address: everywhere });
        }
        let only_ip = || address.parse().map(|ip: IpAddr| SocketAddr::new(ip, service.port()));
        let address = address.parse().or_else(|_| only_ip());
        let address = address.map_err(|_| format!("`{text}` is not SERVICE=ADDRESS:PORT, such as dns=0.0.0.0:53"))?;
        Ok(Self { service, address })
    }

    fn text(&self) -> String {
        format!("{}={}", self.service.name(), self.address)
    }
}

/// A token that is not shown.
#[derive(Debug, Clone)]
pub struct Token(pub Secret<String>);

impl FromText for Token {
    fn from_text(text: &str) -> Result<Self, String> {
        let is_field = !text.is_empty() && text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        is_field.then(|| Self(Secret::new(text.to_owned()))).ok_or_else(|| "a token is printable ASCII".to_owned())
    }

    fn text(&self) -> String {
        "***".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_three_forms() {
        for text in [
            "oob.example=192.0.2.1",
            "oob.example=192.0.2.1,2001:db8::1",
            "127.0.0.1:8080",
            "[::1]:80",
            "https://oob.example",
        ] {
            assert_eq!(OobSite::from_text(text).map(|site| site.text()), Ok(text.to_owned()));
        }
        for wrong in ["oob.example", "oob.example=", "oob=192.0.2.1", "=1.2.3.4", "a:b", ":80", "a b:80", ""] {
            assert!(OobSite::from_text(wrong).is_err(), "{wrong}");
        }
        assert!(!OobSite::from_text("https://user:secret@x.test").unwrap().text().contains("secret"));
    }

    #[test]
    fn an_address_may_be_left_out() {
        for (text, full) in [
            ("dns", "dns=0.0.0.0:53"),
            ("http=127.0.0.1", "http=127.0.0.1:80"),
            ("smtp=[::1]:2525", "smtp=[::1]:2525"),
            ("https=0.0.0.0:8443", "https=0.0.0.0:8443"),
        ] {
            assert_eq!(Listening::from_text(text).map(|listening| listening.text()), Ok(full.to_owned()));
        }
        for wrong in ["ftp", "dns=x", "dns=1.2.3.4:99999", ""] {
            assert!(Listening::from_text(wrong).is_err(), "{wrong}");
        }
        assert!(Token::from_text("a\nb").is_err());
        assert_eq!(Token::from_text("abc").unwrap().text(), "***");
    }
}
