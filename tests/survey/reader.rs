//! A ClientHello as a server reads it.

use outsight::wire::tls::flight::Cursor;

/// What a hello offers.
#[derive(Debug, Default)]
pub struct Offered {
    /// The version field.
    pub version: u16,
    /// Suites.
    pub suites: Vec<u16>,
    /// Compression methods.
    pub compressions: Vec<u8>,
    /// Extensions by number.
    pub extensions: Vec<(u16, Vec<u8>)>,
    /// Bytes of the handshake message.
    pub length: usize,
}

impl Offered {
    /// Reads a record.
    pub fn read(record: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(record);
        cursor.take(3)?;
        let message = cursor.counted::<2>()?;
        let mut inner = Cursor::new(message);
        inner.byte()?;
        let mut body = Cursor::new(inner.counted::<3>()?);
        let version = body.number()?;
        body.take(32)?;
        body.counted::<1>()?;
        let suites = Cursor::new(body.counted::<2>()?).numbers()?;
        let compressions = body.counted::<1>()?.to_vec();
        let mut extensions = Vec::new();
        if !body.is_empty() {
            let mut list = Cursor::new(body.counted::<2>()?);
            while !list.is_empty() {
                extensions.push((list.number()?, list.counted::<2>()?.to_vec()));
            }
        }
        Some(Self { version, suites, compressions, extensions, length: message.len() })
    }

    /// The data of an extension.
    pub fn extension(&self, number: u16) -> Option<&[u8]> {
        self.extensions.iter().find(|(known, _)| *known == number).map(|(_, data)| &data[..])
    }

    /// The highest version offered.
    pub fn most(&self) -> u16 {
        let listed = self.extension(43).and_then(|data| Cursor::new(data).counted::<1>());
        listed
            .and_then(|list| Cursor::new(list).numbers())
            .and_then(|all| all.into_iter().max())
            .unwrap_or(self.version)
    }

    /// The numbers of an extension that is a list of them.
    pub fn numbers(&self, extension: u16) -> Vec<u16> {
        let list = self.extension(extension).and_then(|data| Cursor::new(data).counted::<2>());
        list.and_then(|list| Cursor::new(list).numbers()).unwrap_or_default()
    }

    /// The application protocols.
    pub fn protocols(&self) -> Vec<String> {
        let mut all = Vec::new();
        let Some(list) = self.extension(16).and_then(|data| Cursor::new(data).counted::<2>()) else { return all };
        let mut list = Cursor::new(list);
        while let Some(protocol) = list.counted::<1>() {
            all.push(String::from_utf8_lossy(protocol).into_owned());
        }
        all
    }
}
