//! Files as sites serve them, with keys, public keys and traps planted, and every planted text labelled with its bytes.

use data_encoding::BASE64;

use super::chance::Chance;
use super::hands;
use super::shapes::{Kind, PUBLIC, SECRETS, Told};
use super::traps::TRAPS;

/// What a planted text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    Secret(Told),
    Public,
    Trap,
}

/// A planted text.
#[derive(Debug, Clone)]
pub struct Label {
    pub kind: &'static str,
    pub is: Is,
    pub value: String,
    /// Its bytes in the file as served.
    pub at: std::ops::Range<usize>,
}

/// In what a text is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    Script,
    Json,
    SourceMap,
    Html,
    ErrorPage,
    Env,
    Base64,
}

impl View {
    pub const ALL: [Self; 7] =
        [Self::Script, Self::Json, Self::SourceMap, Self::Html, Self::ErrorPage, Self::Env, Self::Base64];

    pub fn name(self) -> &'static str {
        ["script", "json", "source map", "html", "error page", "env", "base64"][self as usize]
    }
}

/// A file of the corpus.
#[derive(Debug)]
pub struct File {
    pub path: String,
    pub view: View,
    pub status: u16,
    pub class: &'static str,
    pub body: Vec<u8>,
    pub labels: Vec<Label>,
}

/// Text in the making, with the labels of what was planted in it.
#[derive(Default)]
pub struct Text {
    pub body: String,
    pub labels: Vec<Label>,
}

impl Text {
    pub fn say(&mut self, text: &str) {
        self.body.push_str(text);
    }

    pub fn plant(&mut self, planted: &Planted) {
        let start = self.body.len();
        self.body.push_str(&planted.value);
        let at = start..self.body.len();
        self.labels.push(Label { kind: planted.kind, is: planted.is, value: planted.value.clone(), at });
    }

    /// The same with every character written otherwise.
    pub fn written(self, write: impl Fn(char, &mut String)) -> Self {
        let mut body = String::new();
        let mut places = vec![0; self.body.len() + 1];
        for (at, char) in self.body.char_indices() {
            places[at] = body.len();
            write(char, &mut body);
        }
        places[self.body.len()] = body.len();
        let labels =
            self.labels.into_iter().map(|label| Label { at: places[label.at.start]..places[label.at.end], ..label });
        Self { labels: labels.collect(), body }
    }

    pub fn append(&mut self, other: Self) {
        let from = self.body.len();
        self.body.push_str(&other.body);
        let moved =
            other.labels.into_iter().map(|label| Label { at: label.at.start + from..label.at.end + from, ..label });
        self.labels.extend(moved);
    }
}

/// A text to plant, and the name that it is given.
#[derive(Debug, Clone)]
pub struct Planted {
    pub kind: &'static str,
    pub is: Is,
    pub name: String,
    pub value: String,
}

fn plant(kind: &Kind, is: Is, c: &mut Chance) -> Planted {
    let name = (*c.pick(kind.names)).to_owned();
    Planted { kind: kind.id, is, name, value: (kind.make)(c) }
}

/// `awsAccessKeyId` as `AWS_ACCESS_KEY_ID`.
pub fn shouted(name: &str) -> String {
    if name.contains('_') {
        return name.to_owned();
    }
    let split: String = name.chars().flat_map(|c| if c.is_uppercase() { vec!['_', c] } else { vec![c] }).collect();
    split.to_uppercase()
}

/// Who wrote the files: the surroundings of keys, and what else stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// The surroundings below, which the rules were tried on while they were written.
    First,
    /// Those of `hands`: other bundlers, formats and names, made after the rules.
    Second,
}

/// The files of a seed by one hand: every kind in every view, so often.
pub fn corpus(seed: u64, hand: Hand, rounds: usize) -> Vec<File> {
    let mut c = Chance::new(seed);
    let mut files = Vec::new();
    for view in View::ALL {
        let mut planted = Vec::new();
        for _ in 0..rounds {
            planted.extend(SECRETS.iter().map(|kind| plant(kind, Is::Secret(kind.told), &mut c)));
            planted.extend(PUBLIC.iter().map(|kind| plant(kind, Is::Public, &mut c)));
            planted.extend(TRAPS.iter().map(|kind| plant(kind, Is::Trap, &mut c)));
        }
        while !planted.is_empty() {
            let some: Vec<Planted> =
                (0..6.min(planted.len())).map(|_| planted.swap_remove(c.below(planted.len()))).collect();
            files.push(match hand {
                Hand::First => file(view, files.len(), &some, &mut c),
                Hand::Second => hands::file(view, files.len(), &some, &mut c),
            });
        }
    }
    files
}

fn file(view: View, number: usize, planted: &[Planted], c: &mut Chance) -> File {
    let (name, status, class, text) = match view {
        View::Script => ("app.js", 200, "text/javascript", script(planted, c)),
        View::Json => ("settings.json", 200, "application/json", json(planted, c)),
        View::SourceMap => ("app.js.map", 200, "application/json", source_map(planted, c)),
        View::Html => ("page.html", 200, "text/html; charset=utf-8", html(planted, c)),
        View::ErrorPage => ("failed", 500, "text/html; charset=utf-8", error_page(planted, c)),
        View::Env => ("env.txt", 200, "text/plain", env(planted, c)),
        View::Base64 => ("boot.js", 200, "text/javascript", base64(planted, c)),
    };
    let (body, labels) = (text.body.into_bytes(), text.labels);
    File { path: format!("/{number:04}/{name}"), view, status, class, body, labels }
}

/// A text between double quotes of a script or of JSON.
pub fn quoted(planted: &Planted) -> Text {
    let mut text = Text::default();
    text.plant(planted);
    let mut all = Text::default();
    all.say("\"");
    all.append(text.written(escape));
    all.say("\"");
    all
}

pub fn escape(char: char, out: &mut String) {
    match char {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        char => out.push(char),
    }
}

pub fn entity(char: char, out: &mut String) {
    match char {
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#x27;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        char => out.push(char),
    }
}

/// A statement with the text as a string.
fn statement(planted: &Planted, c: &mut Chance) -> Text {
    let mut text = Text::default();
    let name = &planted.name;
    let own = planted.is != Is::Trap && planted.is != Is::Secret(Told::Name);
    match c.below(if own { 7 } else { 4 }) {
        0 => text.say(&format!("const {name}=")),
        1 => text.say(&format!("var {}={{region:\"eu-west-1\",{name}:", c.lower(1))),
        2 => text.say(&format!("{}.{name}=", c.lower(1))),
        3 => text.say(&format!("const {}=process.env.{}||", c.lower(2), shouted(name))),
        4 => text.say(&format!("{}.setRequestHeader(\"X-Key\",", c.lower(1))),
        5 => text.say(&format!("new Client({{endpoint:{}.base,{name}:", c.lower(1))),
        _ => text.say(&format!("export const {}=", shouted(name))),
    }
    text.append(quoted(planted));
    let open = text.body.split('"').next().unwrap_or("").chars();
    let (braces, brackets) =
        open.fold((0, 0), |(a, b), char| (a + usize::from(char == '{'), b + usize::from(char == '(')));
    text.say(&"}".repeat(braces));
    text.say(&")".repeat(brackets));
    text.say(";");
    text
}

fn script(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    for one in planted {
        text.say(&code(c));
        text.append(statement(one, c));
        text.say(if c.below(6) == 0 { "\n" } else { "" });
    }
    text.say(&code(c));
    text
}

fn json(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    text.say(&format!("{{\"version\":\"{}.{}.1\",\"build\":\"{}\",", c.below(9), c.below(30), c.hex(40)));
    text.say("\"features\":{\"beta\":true,\"limit\":250},\"services\":{");
    for (nth, one) in planted.iter().enumerate() {
        let (gap, group) = (if c.below(2) == 0 { " " } else { "" }, c.lower(5));
        text.say(if nth > 0 { "," } else { "" });
        text.say(&format!("\"{group}\":{gap}{{\"enabled\":true,\"{}\":{gap}", one.name));
        text.append(quoted(one));
        text.say("}");
    }
    text.say("},\"ids\":[");
    let ids: Vec<String> = (0..40).map(|_| format!("\"{}\"", c.uuid())).collect();
    text.say(&ids.join(","));
    text.say("]}");
    text
}

fn source_map(planted: &[Planted], c: &mut Chance) -> Text {
    let mut source = Text::default();
    source.say("import { Client } from './client';\n\n/** Settings of the shop. */\n");
    for one in planted {
        source.say(&format!("export function {}() {{\n  // {} {}\n  ", c.lower(7), c.lower(6), c.lower(9)));
        source.append(statement(one, c));
        source.say("\n}\n\n");
    }
    let mut text = Text::default();
    text.say("{\"version\":3,\"file\":\"app.js\",\"sources\":[\"webpack://shop/./src/settings.ts\",\"webpack://shop/./src/a.ts\"],\"sourcesContent\":[\"");
    text.append(source.written(escape));
    text.say("\",\"");
    let mut other = Text::default();
    other.say(&code(c));
    text.append(other.written(escape));
    text.say("\"],\"names\":[\"token\",\"secret\",\"apiKey\"],\"mappings\":\"");
    for _ in 0..800 {
        text.say(&format!("{}{}", c.b64(4), c.pick(&[",", ";", ","])));
    }
    text.say("\"}");
    text
}

fn html(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    text.say("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shop</title>");
    text.say(&format!(
        "<link rel=\"stylesheet\" href=\"/assets/app.{}.css\" integrity=\"sha384-{}\">",
        c.hex(8),
        c.b64(64)
    ));
    for one in planted {
        match c.below(4) {
            0 => {
                text.say("<script>window.__CONFIG__={");
                text.say(&format!("\"{}\":", one.name));
                text.append(quoted(one));
                text.say("}</script>");
            }
            1 => {
                let mut props = Text::default();
                props.say(&format!("{{\"id\":{},\"{}\":", c.below(99), one.name));
                props.append(quoted(one));
                props.say("}");
                text.say("<div data-props=\"");
                text.append(props.written(entity));
                text.say("\"></div>");
            }
            2 => {
                text.say(&format!("<!-- {}: ", one.name));
                text.append(raw(one));
                text.say(" -->");
            }
            _ => {
                text.say(&format!("<meta name=\"{}\" content=\"", one.name));
                text.append(raw(one).written(entity));
                text.say("\">");
            }
        }
        text.say(&format!("<p class=\"{} {}\">{} {}</p>\n", c.lower(6), c.lower(4), c.lower(8), c.lower(5)));
    }
    text.say("</body></html>");
    text
}

pub fn raw(planted: &Planted) -> Text {
    let mut text = Text::default();
    text.plant(planted);
    text
}

fn error_page(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    text.say("<!doctype html><title>Internal Server Error</title><h1>Internal Server Error</h1><pre>");
    let mut trace = Text::default();
    trace.say("Error: upstream refused the request\n");
    for one in planted {
        trace.say(&format!(
            "    at {} (/srv/shop/src/{}.js:{}:{})\n",
            c.lower(7),
            c.lower(5),
            c.below(300),
            c.below(80)
        ));
        let style = c.below(3);
        trace.say(&match style {
            0 => format!("      {}: '", one.name),
            1 => format!("      \"{}\": \"", one.name),
            _ => format!("{}=", shouted(&one.name)),
        });
        trace.append(raw(one));
        trace.say(["',\n", "\",\n", "\n"][style]);
    }
    text.append(trace.written(entity));
    text.say("</pre>");
    text
}

fn env(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    text.say("NODE_ENV=production\nPORT=3000\nLOG_LEVEL=info\n");
    for one in planted {
        let quote = if one.value.contains(['\n', ' ']) || c.below(3) == 0 { "\"" } else { "" };
        text.say(&format!("{}{}={quote}", c.pick(&["", "", "export "]), shouted(&one.name)));
        text.append(if quote.is_empty() { raw(one) } else { raw(one).written(escape) });
        text.say(&format!("{quote}\n"));
    }
    text
}

/// A script that holds JSON in base64.
fn base64(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    for one in planted {
        let mut inner = Text::default();
        inner.say(&format!("{{\"region\":\"eu-west-1\",\"retries\":{},\"{}\":", c.below(9), one.name));
        inner.append(quoted(one));
        inner.say(",\"debug\":false}");
        text.say(&code(c));
        text.say("const c=JSON.parse(atob(\"");
        let from = text.body.len();
        text.say(&BASE64.encode(inner.body.as_bytes()));
        text.say("\"));");
        let moved = inner.labels.into_iter().map(|label| {
            let at = from + label.at.start / 3 * 4..from + label.at.end.div_ceil(3) * 4;
            Label { at, ..label }
        });
        text.labels.extend(moved);
    }
    text
}

/// Code without any key, and with much that tempts.
pub fn code(c: &mut Chance) -> String {
    let mut out = String::new();
    for _ in 0..c.below(5) + 3 {
        let line = match c.below(10) {
            0 => {
                let entries: Vec<String> = (0..30).map(|_| format!("{}:\"{}\"", c.below(9000), c.hex(20))).collect();
                format!("t.u=e=>\"static/js/\"+e+\".\"+{{{}}}[e]+\".chunk.js\";", entries.join(","))
            }
            1 => format!("const {}=\"data:image/png;base64,{}\";", c.lower(2), c.b64(900)),
            2 => format!("e.tokenizer=n.tokenizer,this.unk_token={}.unk_token,e.secretKey=void 0;", c.lower(1)),
            3 => format!("function {}(e,t){{return e.password===t.password?\"{}\":null}}", c.lower(2), c.lower(9)),
            4 => format!(
                "i18n.add({{password:\"Kennwort\",\"token.expired\":\"Token {} ist abgelaufen\"}});",
                c.lower(5)
            ),
            5 => format!(
                "headers:{{Authorization:\"Bearer \"+{}.accessToken,\"X-Request-Id\":\"{}\"}};",
                c.lower(1),
                c.uuid()
            ),
            6 => format!(
                "var {}=[{}];",
                c.lower(2),
                (0..24).map(|_| c.below(65536).to_string()).collect::<Vec<_>>().join(",")
            ),
            7 => format!(
                "{}.exports={{version:\"{}.{}.{}\",hash:\"{}\"}};",
                c.lower(1),
                c.below(9),
                c.below(20),
                c.below(9),
                c.hex(64)
            ),
            8 => format!(
                "const apiKey={}.env.API_KEY,secret={}.get(\"secret\"),url=`https://${{user}}:${{pass}}@${{host}}/`;",
                c.lower(1),
                c.lower(2)
            ),
            _ => format!("var {}=function(){{for(var e=0;e<{};e++)t.push(n[e].key)}};", c.lower(2), c.below(99)),
        };
        out.push_str(&line);
    }
    out
}
