//! What a file is by its name: its media type, whether it is worth reading, how an archive is packed.
//!
//! Takes names and first bytes; gives words. Invariant: what no list names is read. Must never import anything above
//! `wire`.

use std::io;

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, with the media type where the name tells one.
    Text(Option<&'static str>),
    /// A picture, a font, sound, a film.
    Media,
    /// An archive or a compressed copy.
    Packed,
}

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Zip,
    Tar,
    TarGz,
}

/// Extensions and the types that servers give them.
const TYPES: [(&str, &str); 22] = [
    ("html", "text/html"),
    ("htm", "text/html"),
    ("xhtml", "application/xhtml+xml"),
    ("js", "text/javascript"),
    ("mjs", "text/javascript"),
    ("cjs", "text/javascript"),
    ("jsx", "text/javascript"),
    ("bundle", "text/javascript"),
    ("css", "text/css"),
    ("json", "application/json"),
    ("map", "application/json"),
    ("webmanifest", "application/manifest+json"),
    ("jsonld", "application/ld+json"),
    ("geojson", "application/geo+json"),
    ("xml", "application/xml"),
    ("rss", "application/rss+xml"),
    ("atom", "application/atom+xml"),
    ("csv", "text/csv"),
    ("md", "text/markdown"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("vtt", "text/vtt"),
];

const MEDIA: [&str; 34] = [
    "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "bmp", "tif", "tiff", "heic", "cur", "woff", "woff2", "ttf",
    "otf", "eot", "mp3", "mp4", "m4a", "m4v", "mov", "avi", "mkv", "webm", "ogg", "oga", "ogv", "wav", "flac", "aac",
    "pdf", "psd", "glb",
];

const PACKED: [&str; 14] =
    ["zip", "tar", "gz", "tgz", "br", "zst", "bz2", "xz", "7z", "rar", "jar", "war", "apk", "lz4"];

/// What a name says.
pub(super) fn kind_of(path: &str) -> Kind {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, ext)| ext.to_ascii_lowercase());
    let Some(extension) = extension else { return Kind::Text(None) };
    if MEDIA.contains(&extension.as_str()) {
        return Kind::Media;
    }
    if PACKED.contains(&extension.as_str()) {
        return Kind::Packed;
    }
    Kind::Text(TYPES.iter().find(|(known, _)| *known == extension).map(|(_, media)| *media))
}

/// How the target itself is packed; `None` where it is one plain file.
///
/// # Errors
/// Where its name says that it is an archive and its bytes say that it is not.
pub(super) fn packing(name: &str, start: &[u8]) -> io::Result<Option<Packing>> {
    let lower = name.to_ascii_lowercase();
    let is_tar = start.get(257..262) == Some(b"ustar");
    let is_gzip = start.starts_with(b"\x1f\x8b");
    let told = [
        (&[".zip"][..], start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06"), Packing::Zip),
        (&[".tar"][..], is_tar, Packing::Tar),
        (&[".tar.gz", ".tgz"][..], is_gzip, Packing::TarGz),
    ];
    for (endings, is_so, packing) in told {
        let named = endings.iter().any(|ending| lower.ends_with(ending));
        match (named, is_so, packing) {
            (true, true, _) | (false, true, Packing::Zip) => return Ok(Some(packing)),
            (true, false, _) => return Err(broken("it is no archive of the kind that its name says")),
            _ => {}
        }
    }
    Ok(None)
}

/// An archive that cannot be read: what is wrong with it, and who mends that.
pub(super) fn broken(what: &str) -> io::Error {
    io::Error::other(format!("{what}; pack it again, or name the folder that it was made of"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_types() {
        for (name, kind) in [
            ("assets/index-BrT2.js", Kind::Text(Some("text/javascript"))),
            ("a.js.map", Kind::Text(Some("application/json"))),
            ("INDEX.HTML", Kind::Text(Some("text/html"))),
            (".env", Kind::Text(None)),
            ("LICENSE", Kind::Text(None)),
            ("a.b/c", Kind::Text(None)),
            ("logo.PNG", Kind::Media),
            ("app.js.gz", Kind::Packed),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }

    #[test]
    fn archives_are_told_by_name_and_bytes() {
        let tar = [&[0_u8; 257][..], b"ustar\0"].concat();
        assert_eq!(packing("a.zip", b"PK\x03\x04").expect("one"), Some(Packing::Zip));
        assert_eq!(packing("a.vsix", b"PK\x03\x04").expect("one"), Some(Packing::Zip));
        assert_eq!(packing("a.tar", &tar).expect("one"), Some(Packing::Tar));
        assert_eq!(packing("a.TGZ", b"\x1f\x8b\x08").expect("one"), Some(Packing::TarGz));
        assert_eq!(packing("app.js", b"!function").expect("none"), None);
        assert!(packing("a.zip", b"<!doctype").is_err() && packing("a.tar.gz", b"").is_err());
    }
}
