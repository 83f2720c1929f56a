//! The files of another hand: what other bundlers, frameworks and servers write around the same keys, and other text that
//! tempts beside them.
//!
//! It was made after the rules, to ask whether they know keys or only the surroundings of `corpus`.

use data_encoding::{BASE64, BASE64URL_NOPAD};

use super::chance::Chance;
use super::corpus::{File, Label, Planted, Text, View, entity, escape, quoted, raw, shouted};

/// A file of a view with these texts.
pub fn file(view: View, number: usize, planted: &[Planted], c: &mut Chance) -> File {
    let (name, status, class, text) = match view {
        View::Script => ("assets/index.js", 200, "application/javascript", script(planted, c)),
        View::Json => ("api/v2/boot", 200, "application/json; charset=utf-8", json(planted, c)),
        View::SourceMap => ("assets/index.js.map", 200, "application/octet-stream", source_map(planted, c)),
        View::Html => ("account", 200, "text/html", html(planted, c)),
        View::ErrorPage => ("checkout", 500, "text/html", error_page(planted, c)),
        View::Env => ("config/application.yml", 200, "text/plain", env(planted, c)),
        View::Base64 => ("static/boot.js", 200, "application/javascript", base64(planted, c)),
    };
    let (body, labels) = (text.body.into_bytes(), text.labels);
    File { path: format!("/{number:04}/{name}"), view, status, class, body, labels }
}

/// `awsAccessKeyId` as `aws_access_key_id`, `aws-access-key-id`, with the prefix of a bundler or as it is.
fn named(name: &str, c: &mut Chance) -> String {
    let upper = shouted(name);
    match c.below(6) {
        0 => upper.to_lowercase(),
        1 => upper.to_lowercase().replace('_', "-"),
        2 => format!("{}{upper}", c.pick(&["REACT_APP_", "VITE_", "NEXT_PUBLIC_", "NUXT_", "VUE_APP_"])),
        3 => upper,
        _ => name.to_owned(),
    }
}

/// A name between quotes where an object's key needs them.
fn key(name: &str) -> String {
    if name.contains('-') { format!("\"{name}\"") } else { name.to_owned() }
}

/// A text as a string of JavaScript, as minifiers choose their quotes.
fn string(planted: &Planted, c: &mut Chance) -> Text {
    let quote = match c.below(4) {
        0 => '\'',
        1 if !planted.value.contains(['`', '\\', '$']) => '`',
        _ => '"',
    };
    let mut out = Text::default();
    out.say(&quote.to_string());
    out.append(raw(planted).written(|char, out| match char {
        '\n' if quote == '`' => out.push(char),
        '\n' => out.push_str("\\n"),
        char if char == quote => out.extend(['\\', char]),
        char => out.push(char),
    }));
    out.say(&quote.to_string());
    out
}

fn around(before: String, inside: Text, after: &str) -> Text {
    let mut text = Text::default();
    text.say(&before);
    text.append(inside);
    text.say(after);
    text
}

/// A statement as a bundler leaves it.
fn statement(planted: &Planted, c: &mut Chance) -> Text {
    let name = named(&planted.name, c);
    let (a, b) = (c.lower(1), c.lower(2));
    match c.below(9) {
        0 => around(format!("var {a}={},{b}={{{}:", c.below(99), key(&name)), string(planted, c), ",debug:!1};"),
        1 => around(
            format!("Object.freeze({{__proto__:null,{}:", key(&name)),
            string(planted, c),
            ",mode:\"production\"});",
        ),
        2 => around(
            format!("const {b} = {{\n  timeout: {},\n  {}: ", c.below(9000), key(&name)),
            string(planted, c),
            ",\n};\n",
        ),
        3 => around(format!("class {b}{{static {}=", shouted(&planted.name)), string(planted, c), "}"),
        4 => {
            // webpack's `eval` of a module: a statement within a string.
            let inner = around(format!("const {} = ", planted.name), string(planted, c), ";\n");
            around("eval(\"".into(), inner.written(escape), "//# sourceURL=webpack-internal:///./src/a.js\");")
        }
        5 => {
            let member = format!("{{\"retries\":{},\"{name}\":", c.below(9));
            let inner = around(member, quoted(planted), "}");
            around(format!("{a}.exports=JSON.parse('"), inner.written(single), "');")
        }
        6 => around(
            format!("let {b}={{NODE_ENV:\"production\",REACT_APP_{}:", shouted(&planted.name)),
            string(planted, c),
            &format!("}}.REACT_APP_{};", shouted(&planted.name)),
        ),
        7 => around(format!("{a}=>{a}.set({{\"{name}\":"), string(planted, c), "});"),
        _ => around(format!("window.{}=window.{}||", planted.name, planted.name), string(planted, c), ";"),
    }
}

/// What stands in a string with single quotes.
fn single(char: char, out: &mut String) {
    if matches!(char, '\'' | '\\') {
        out.push('\\');
    }
    out.push(char);
}

/// JSON as the serializers of PHP, Go and .NET write it.
fn servers(planted: &Planted, c: &mut Chance) -> Text {
    let which = c.below(4);
    let write = move |char: char, out: &mut String| match (which, char) {
        (0, '/') => out.push_str("\\/"),
        (1, '&' | '<' | '>') | (2, '+' | '\'' | '&' | '<' | '>') => out.push_str(&format!("\\u{:04X}", char as u32)),
        (_, char) => escape(char, out),
    };
    around("\"".into(), raw(planted).written(write), "\"")
}

fn script(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    text.say("(self.webpackChunkshop=self.webpackChunkshop||[]).push([[179],{6361:(e,t,n)=>{\"use strict\";");
    for one in planted {
        text.say(&code(c));
        text.append(statement(one, c));
    }
    text.say(&code(c));
    text.say("}}]);");
    text
}

fn json(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    text.say("{\n  \"status\" : \"ok\",\n  \"data\" : {\n    \"tenant\" : \"");
    text.say(&format!("{}\",\n    \"etag\" : \"W/\\\"{}\\\"\",\n    \"settings\" : [\n", c.uuid(), c.hex(32)));
    for (nth, one) in planted.iter().enumerate() {
        let name = named(&one.name, c);
        let member = match c.below(3) {
            0 => around(format!("      {{ \"{name}\" : "), servers(one, c), " }"),
            1 => around(format!("      {{\"id\":{},\"{name}\":", c.below(9999)), servers(one, c), ",\"on\":true}"),
            _ => around(
                format!("      {{\"{name}\": {{\"type\": \"string\", \"value\": "),
                servers(one, c),
                ", \"mutable\": false}}",
            ),
        };
        text.append(member);
        text.say(if nth + 1 < planted.len() { ",\n" } else { "\n" });
    }
    text.say(&format!(
        "    ],\n    \"nextPageToken\" : \"{}\",\n    \"csrf_token\" : \"{}\"\n  }}\n}}\n",
        c.b64(44),
        c.b64u(43)
    ));
    text
}

fn source_map(planted: &[Planted], c: &mut Chance) -> Text {
    let mut source = Text::default();
    source.say("'use client'\r\nimport axios from 'axios'\r\n\r\n");
    for one in planted {
        source.say(&format!("// {} {} {}\r\n", c.lower(5), c.lower(3), c.lower(8)));
        let name = named(&one.name, c);
        source.append(match c.below(4) {
            0 => around(format!("export const {} = ", shouted(&one.name)), string(one, c), " as const\r\n"),
            1 => around(format!("axios.defaults.headers['{name}'] = "), string(one, c), "\r\n"),
            2 => around(
                format!("const config: Config = {{\r\n\t{}: ", key(&name)),
                string(one, c),
                ",\r\n\tretry: true,\r\n}\r\n",
            ),
            _ => around(
                format!("@Injectable()\r\nexport class S {{ private readonly {} = ", one.name),
                string(one, c),
                "; }\r\n",
            ),
        });
    }
    let mut text = Text::default();
    text.say("{\n  \"version\": 3,\n  \"mappings\": \"");
    for _ in 0..600 {
        text.say(&format!("{}{}", c.b64(5), c.pick(&[",", ";;", ","])));
    }
    text.say("\",\n  \"names\": [],\n  \"ignoreList\": [0],\n  \"sourcesContent\": [null, \"");
    text.append(source.written(|char, out| match char {
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        char => escape(char, out),
    }));
    text.say("\"],\n  \"sources\": [\"../../node_modules/axios/index.js\", \"../../src/lib/config.ts\"]\n}");
    text
}

/// Characters as numbers, as some templates write them.
fn numbers(char: char, out: &mut String) {
    match char {
        '"' => out.push_str("&#34;"),
        '\'' => out.push_str("&#39;"),
        '=' => out.push_str("&#x3D;"),
        '/' => out.push_str("&#x2F;"),
        '`' => out.push_str("&#x60;"),
        char => entity(char, out),
    }
}

fn html(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    text.say("<!DOCTYPE html>\n<html>\n<head>\n<meta name=\"csrf-token\" content=\"");
    text.say(&format!(
        "{}==\">\n<script nonce=\"{}\" src=\"/app.js\"></script>\n</head>\n<body>\n",
        c.b64(86),
        c.b64(22)
    ));
    text.say(&format!("<form><input type=\"hidden\" name=\"authenticity_token\" value=\"{}==\">\n", c.b64(86)));
    text.say(&format!("<input type=\"hidden\" name=\"__VIEWSTATE\" value=\"{}\"></form>\n", c.b64(300)));
    for one in planted {
        let name = named(&one.name, c);
        text.append(match c.below(5) {
            0 => around(format!("<input type='hidden' id='{name}' value='"), raw(one).written(numbers), "'>\n"),
            1 => {
                let member = format!("{{\"props\":{{\"pageProps\":{{\"{name}\":");
                let inner = around(member, quoted(one), "}},\"page\":\"/account\"}");
                around("<script id=\"__NEXT_DATA__\" type=\"application/json\">".into(), inner, "</script>\n")
            }
            2 => around(
                format!("<script>\n  var settings = {{ '{name}' : '"),
                raw(one).written(|char, out| if char == '\n' { out.push_str("\\n") } else { single(char, out) }),
                "' };\n</script>\n",
            ),
            3 => around(format!("<!--\n  old:\n  {name} = \""), raw(one), "\"\n-->\n"),
            _ => {
                let inner = around(format!("{{\"{name}\":"), quoted(one), ",\"v\":2}");
                around("<app-root ng-init='".into(), inner.written(numbers), "'></app-root>\n")
            }
        });
        text.say(&format!("<li class=\"sk-{}-{}\">{}</li>\n", c.lower(5), c.lower(7), c.lower(9)));
    }
    text.say("</body></html>\n");
    text
}

fn error_page(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    let which = c.below(3);
    text.say(["<html><head><title>DoesNotExist at /checkout</title></head><body><h2>Settings</h2><table class=\"req\"><tbody>\n",
        "<!DOCTYPE html><html><body class=\"exception\"><h1>Whoops, looks like something went wrong.</h1><div class=\"data\">\n",
        "<html><body><h1>HTTP Status 500</h1><pre>java.lang.IllegalStateException: failed\n"][which]);
    for one in planted {
        let name = shouted(&one.name);
        text.append(match which {
            0 => around(
                format!("<tr><td>{name}</td><td class=\"code\"><pre>&#x27;"),
                raw(one).written(entity),
                "&#x27;</pre></td></tr>\n",
            ),
            1 => around(
                format!("<tr><td>{name}</td><td><span class=sf-dump-str>&quot;"),
                raw(one).written(entity),
                "&quot;</span></td></tr>\n",
            ),
            _ => around(
                format!(
                    "\tat com.shop.{}.{}({}.java:{})\n\tproperty {name} = ",
                    c.lower(5),
                    c.lower(6),
                    c.letters(7),
                    c.below(400)
                ),
                raw(one).written(entity),
                "\n",
            ),
        });
    }
    text.say(["</tbody></table></body></html>", "</div></body></html>", "</pre></body></html>"][which]);
    text
}

fn env(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    let which = c.below(3);
    text.say(
        [
            "# production\nserver:\n  port: 8080\n",
            "[default]\nregion = eu-west-1\n",
            "; settings\nspring.profiles.active=prod\n",
        ][which],
    );
    for one in planted {
        let quote = if one.value.contains('\n') {
            "\""
        } else {
            [["", "\"", "'"], ["", "", "\""], ["", "", ""]][which][c.below(3)]
        };
        let name = match which {
            0 => format!("  {}: ", shouted(&one.name).to_lowercase()),
            1 => format!("{} = ", shouted(&one.name).to_lowercase()),
            _ => format!("app.{}=", one.name),
        };
        let value = if one.value.contains('\n') { raw(one).written(escape) } else { raw(one) };
        text.append(around(format!("{name}{quote}"), value, &format!("{quote}\n")));
    }
    text
}

/// Base64 of a settings file or of JSON, plain or for URLs.
fn base64(planted: &[Planted], c: &mut Chance) -> Text {
    let mut text = Text::default();
    for one in planted {
        let name = named(&one.name, c);
        let inner = match c.below(2) {
            0 => around(
                format!("NODE_ENV=production\n{}=\"", shouted(&one.name)),
                raw(one).written(escape),
                "\"\nPORT=80\n",
            ),
            _ => around(format!("{{\"api\":\"https://api.shop.test/v2\",\"{name}\":"), quoted(one), "}"),
        };
        text.say(&code(c));
        let of_url = c.below(3) == 0;
        text.say(["fetch(\"data:application/json;base64,", "window.__cfg=decode(\""][usize::from(of_url)]);
        let from = text.body.len();
        let bytes = inner.body.as_bytes();
        text.say(&if of_url { BASE64URL_NOPAD.encode(bytes) } else { BASE64.encode(bytes) });
        text.say("\");");
        let moved = inner.labels.into_iter().map(|label| {
            let at = from + label.at.start / 3 * 4..from + label.at.end.div_ceil(3) * 4;
            Label { at, ..label }
        });
        text.labels.extend(moved);
    }
    text
}

/// Code without any key, of other libraries than those of `corpus`.
fn code(c: &mut Chance) -> String {
    let mut out = String::new();
    for _ in 0..c.below(5) + 3 {
        let line = match c.below(12) {
            0 => {
                let ids: Vec<String> = (0..25).map(|_| format!("{}:\"{}\"", c.below(999), c.hex(16))).collect();
                format!("n.u=e=>\"assets/\"+({{{}}}[e]||e)+\".js\";", ids.join(","))
            }
            1 => format!(
                "const {}=/(AKIA|ASIA)[A-Z0-9]{{16}}|ghp_[A-Za-z0-9]{{36}}|sk_live_[0-9a-zA-Z]{{24}}/g;",
                c.lower(2)
            ),
            2 => format!(
                "{}.d=\"M{}.{}c-{}.5 0-{} 4.25-{}.5 9.5z\";",
                c.lower(1),
                c.below(99),
                c.below(99),
                c.below(9),
                c.below(9),
                c.below(9)
            ),
            3 => format!(
                "const {}=gql`query Viewer($token:String!){{viewer(token:$token){{id secret apiKey}}}}`;",
                c.lower(2)
            ),
            4 => {
                "e.sessionToken=t.headers.get(\"x-session-token\"),e.idToken=r.id_token,e.password=o.value;".to_owned()
            }
            5 => format!(
                "const {}=new Uint8Array([{}]);",
                c.lower(2),
                (0..32).map(|_| c.below(256).to_string()).collect::<Vec<_>>().join(",")
            ),
            6 => format!("import{{{} as {}}}from\"./chunk-{}.js\";", c.lower(1), c.lower(1), c.b62(8).to_uppercase()),
            7 => format!("var {}=\"{}\",{}=\"sha512-{}==\";", c.lower(2), c.uuid(), c.lower(2), c.b64(86)),
            8 => format!("t.abi=[{{\"name\":\"transfer\",\"to\":\"0x{}\",\"data\":\"0x{}\"}}];", c.hex(40), c.hex(136)),
            9 => format!("const {}=\"data:application/wasm;base64,AGFzbQ{}\";", c.lower(2), c.b64(1500)),
            10 => format!(
                "n({{tokenPlaceholder:\"Paste your token\",\"secret.title\":\"Geheimnis {}\",apiKeyHint:\"sk_live_…\"}});",
                c.lower(6)
            ),
            _ => format!(
                "function {}(e){{return e.split(\".\").map(atob).pop()||localStorage.getItem(\"access_token\")}}",
                c.lower(2)
            ),
        };
        out.push_str(&line);
    }
    out
}
