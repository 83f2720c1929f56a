//! Text that no service expects, yet the same for every equal call on a host.
//!
//! Each function derives its text from a SHA-256 key stream over the environment's seed (the host's nonce), its own
//! name and its arguments. So equal calls give equal texts throughout one host's run, wherever they stand: requests
//! stay equal and are sent once, and a rule can look for what it sent. Another text wants another call: each function
//! takes a last argument, any text, that makes another stream (`alnum(8, 'user')`, `alnum(8, 'password')`).
//! Not for secrets. Must never import a folder above `base`.

use sha2::{Digest, Sha256};

use super::{Accepts, Args, Family, Function, Param, param};
use crate::base::Value;
use crate::expr::error::EvalError;
use crate::expr::types::Type;

const LENGTH: Param = param("n", Accepts::Whole);
const STREAM: Param = param("stream", Accepts::Text).optional();

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";

pub(super) static FAMILY: Family = Family {
    name: "random",
    summary: "Random text, equal for equal calls throughout a host's run; a last argument makes another stream.",
    functions: &[
        Function {
            name: "alnum",
            params: &[LENGTH, STREAM],
            result: Type::Text,
            summary: "n random letters and digits",
            example: "alnum(12)",
            gives: "9H5A1iesXbN0",
            run: |args| letters(args, &[UPPER, LOWER, DIGITS]),
        },
        Function {
            name: "alpha",
            params: &[LENGTH, STREAM],
            result: Type::Text,
            summary: "n random letters",
            example: "alpha(12)",
            gives: "irFYBiFOdwoJ",
            run: |args| letters(args, &[UPPER, LOWER]),
        },
        Function {
            name: "lower_alnum",
            params: &[LENGTH, STREAM],
            result: Type::Text,
            summary: "n random lower-case letters and digits, as a host name takes them",
            example: "lower_alnum(12)",
            gives: "3ppms9llxbbl",
            run: |args| letters(args, &[LOWER, DIGITS]),
        },
        Function {
            name: "digits",
            params: &[LENGTH, STREAM],
            result: Type::Text,
            summary: "n random digits",
            example: "digits(6)",
            gives: "158206",
            run: |args| letters(args, &[DIGITS]),
        },
        Function {
            name: "hex",
            params: &[LENGTH, STREAM],
            result: Type::Text,
            summary: "n random lower-case hex digits (`hex_encode` encodes)",
            example: "hex(8)",
            gives: "ed244b7f",
            run: |args| letters(args, &[DIGITS, "abcdef"]),
        },
        Function {
            name: "random_int",
            params: &[param("least", Accepts::Whole), param("most", Accepts::Whole), STREAM],
            result: Type::Number,
            summary: "A random whole number, both bounds included",
            example: "random_int(1000, 9999)",
            gives: "4485",
            run: random_int,
        },
        Function {
            name: "uuid",
            params: &[STREAM],
            result: Type::Text,
            summary: "A random UUID (RFC 9562, version 4)",
            example: "uuid()",
            gives: "96e76ef7-eb03-4dd6-8f05-3dea40bc2140",
            run: uuid,
        },
    ],
};

/// The key stream of a call.
struct Stream {
    key: [u8; 32],
    block: u64,
}

impl Stream {
    /// The stream of this call: its arguments are read as texts.
    fn of(args: &mut Args) -> Result<Self, EvalError> {
        let mut key = Sha256::new();
        let mut add = |part: &[u8]| {
            key.update((part.len() as u64).to_be_bytes());
            key.update(part);
        };
        add(args.seed().as_bytes());
        add(args.function.as_bytes());
        for place in 0..args.count() {
            add(&args.text(place)?);
        }
        Ok(Self { key: key.finalize().into(), block: 0 })
    }

    fn next(&mut self) -> [u8; 32] {
        let block = Sha256::new().chain_update(self.key).chain_update(self.block.to_be_bytes()).finalize();
        self.block += 1;
        block.into()
    }
}

fn letters(args: &mut Args, alphabet: &[&str]) -> Result<Value, EvalError> {
    let length = args.length(0)?;
    let mut stream = Stream::of(args)?;
    let alphabet: Vec<u8> = alphabet.concat().into_bytes();
    // Bytes over the largest multiple of the alphabet's length are passed over, so that no letter is more likely.
    let fair = 256 - 256 % alphabet.len();
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        args.charge(1)?;
        let block = stream.next();
        let fitting = block.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let letters = fitting.filter_map(|byte| alphabet.get(byte % alphabet.len()).copied());
        out.extend(letters.take(length - out.len()));
    }
    args.made(out)
}

fn random_int(args: &mut Args) -> Result<Value, EvalError> {
    let (least, most) = (args.whole(0)?, args.whole(1)?);
    if least > most {
        return EvalError::failed("`random_int` wants its bounds in order");
    }
    let [bytes, _] = halves(Stream::of(args)?.next());
    let span = most.abs_diff(least);
    let offset = u128::from_be_bytes(bytes) % (u128::from(span) + 1);
    let offset = u64::try_from(offset).unwrap_or(span);
    Ok(Value::Int(least.saturating_add_unsigned(offset)))
}

fn halves(block: [u8; 32]) -> [[u8; 16]; 2] {
    let mut halves = [[0; 16]; 2];
    halves.iter_mut().flatten().zip(block).for_each(|(to, from)| *to = from);
    halves
}

fn uuid(args: &mut Args) -> Result<Value, EvalError> {
    let [bytes, _] = halves(Stream::of(args)?.next());
    let bits = u128::from_be_bytes(bytes);
    let version = (bits & !(0xf << 76)) | (0x4 << 76);
    let variant = (version & !(0x3 << 62)) | (0x2 << 62);
    let hex = format!("{variant:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    args.made([part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-"))
}
