//! Frames of WebSocket (RFC 6455 §5): bytes out of messages, messages out of bytes.
//!
//! Takes bytes as they come; gives whole messages. Invariant: a message never holds more than its limit, whatever lengths
//! frames announce, and a frame is judged by its head before its payload is kept. Must never open a socket.

use bytes::{Buf as _, Bytes, BytesMut};

/// What frames make.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// Text or binary data.
    Data(Bytes),
    /// A question for a sign of life, to be sent back.
    Ping(Bytes),
    /// The end.
    Close,
}

/// Why the bytes are no WebSocket any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// A rule of framing is broken.
    Framing,
    /// A message is larger than its limit.
    TooLong,
}

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
/// The most bytes of a control frame's payload (§5.5).
const CONTROL: usize = 125;

/// A text message as one frame of a client.
pub(super) fn text(payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    frame(TEXT, payload, mask)
}

/// The answer to a ping.
pub(super) fn pong(payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    frame(PONG, payload, mask)
}

fn frame(code: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![0x80 | code];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length), _) if length <= 125 => bytes.push(0x80 | length),
        (_, Ok(length)) => {
            bytes.push(0x80 | 126);
            bytes.extend(length.to_be_bytes());
        }
        _ => {
            bytes.push(0x80 | 127);
            bytes.extend((payload.len() as u64).to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// Makes messages of frames.
#[derive(Debug)]
pub(super) struct Decoder {
    buffer: BytesMut,
    message: BytesMut,
    open: bool,
    most: usize,
}

/// The head of a frame.
struct Head {
    code: u8,
    last: bool,
    begin: usize,
    length: usize,
}

impl Decoder {
    /// A decoder of messages of at most so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { buffer: BytesMut::new(), message: BytesMut::new(), open: false, most }
    }

    /// Takes bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next message, where it is whole.
    pub(super) fn next(&mut self) -> Result<Option<Message>, Broken> {
        while let Some(head) = self.head()? {
            let end = head.begin.saturating_add(head.length);
            if self.buffer.len() < end {
                return Ok(None);
            }
            self.buffer.advance(head.begin);
            let payload = self.buffer.split_to(head.length);
            match head.code {
                CLOSE => return Ok(Some(Message::Close)),
                PING => return Ok(Some(Message::Ping(payload.freeze()))),
                PONG => {}
                _ => {
                    self.message.extend_from_slice(&payload);
                    self.open = !head.last;
                    if head.last {
                        return Ok(Some(Message::Data(std::mem::take(&mut self.message).freeze())));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The head of the next frame, where it is whole and may be one.
    fn head(&self) -> Result<Option<Head>, Broken> {
        let (Some(first), Some(second)) = (self.buffer.first(), self.buffer.get(1)) else { return Ok(None) };
        let (code, last, short) = (first & 0x0F, first & 0x80 != 0, second & 0x7F);
        // A server masks nothing, and no extension was agreed on (§5.1, §5.2).
        if second & 0x80 != 0 || first & 0x70 != 0 {
            return Err(Broken::Framing);
        }
        let wide = match short {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let Some(bytes) = self.buffer.get(2..2 + wide) else { return Ok(None) };
        let length = match wide {
            0 => usize::from(short),
            _ => {
                let length = bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
                usize::try_from(length).map_err(|_| Broken::TooLong)?
            }
        };
        let is_control = code >= CLOSE;
        let fits = match code {
            TEXT | BINARY => !self.open,
            CONTINUATION => self.open,
            CLOSE | PING | PONG => last && length <= CONTROL,
            _ => false,
        };
        if !fits {
            return Err(Broken::Framing);
        }
        if !is_control && self.message.len().saturating_add(length) > self.most {
            return Err(Broken::TooLong);
        }
        Ok(Some(Head { code, last, begin: 2 + wide, length }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame as a server sends it.
    fn served(first: u8, payload: &[u8]) -> Vec<u8> {
        let head = match payload.len() {
            length @ 0..126 => vec![first, u8::try_from(length).expect("short")],
            length => [&[first, 126][..], &u16::try_from(length).expect("short").to_be_bytes()].concat(),
        };
        [&head[..], payload].concat()
    }

    fn decode(bytes: &[u8], most: usize) -> Result<Vec<Message>, Broken> {
        let (mut decoder, mut messages) = (Decoder::new(most), Vec::new());
        for byte in bytes {
            decoder.push(&[*byte]);
            while let Some(message) = decoder.next()? {
                messages.push(message);
            }
        }
        Ok(messages)
    }

    #[test]
    fn messages_come_whole_with_pings_between_their_frames() {
        let bytes = [
            served(0x01, b"he"),
            served(0x89, b"alive?"),
            served(0x8A, b""),
            served(0x80, b"llo"),
            served(0x82, &[7; 300]),
            served(0x88, b""),
        ];
        let expected = [
            Message::Ping("alive?".into()),
            Message::Data("hello".into()),
            Message::Data(vec![7; 300].into()),
            Message::Close,
        ];
        assert_eq!(decode(&bytes.concat(), 1000).expect("well framed"), expected);
    }

    #[test]
    fn what_is_no_frame_of_a_server_breaks_the_rules_before_it_is_kept() {
        assert_eq!(decode(&served(0xC1, b""), 10), Err(Broken::Framing), "an extension");
        assert_eq!(decode(&served(0x80, b""), 10), Err(Broken::Framing), "goes on with nothing");
        assert_eq!(decode(&served(0x83, b""), 10), Err(Broken::Framing), "an unknown code");
        assert_eq!(decode(&text(b"x", [1; 4]), 10), Err(Broken::Framing), "masked");
        assert_eq!(decode(&served(0x82, &[0; 11]), 10), Err(Broken::TooLong));
        assert_eq!(decode(&[0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255], 10), Err(Broken::TooLong));
    }

    #[test]
    fn a_client_masks_what_it_sends() {
        assert_eq!(
            text(b"Hello", [0x37, 0xfa, 0x21, 0x3d]),
            [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        );
        assert_eq!(text(&[0; 126], [0; 4])[..4], [0x81, 0xFE, 0, 126]);
        assert_eq!(text(&[0; 65_536], [0; 4])[..10], [0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoder_panic_or_keep_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for message in decode(&bytes, 50).unwrap_or_default() {
                if let Message::Data(data) = message {
                    prop_assert!(data.len() <= 50);
                }
            }
        }
    }
}
