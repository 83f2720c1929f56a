//! Well-typedness of JSONPath queries (RFC 9535 §2.4.3), which the parser leaves open.
//!
//! Invariant: a query that passes uses only the RFC's functions, each with arguments of its types, and regexes that are
//! written out. Must never import a folder above `expr`.

use jsonpath_rust::parser::model::{
    Comparable, Filter, FilterAtom, FnArg, JpQuery, Literal, Segment, Selector, Test, TestFunction,
};

/// Checks a query; the error is one sentence.
pub(in crate::predicate) fn well_typed(query: &JpQuery) -> Result<(), String> {
    segments(&query.segments)
}

fn segments(list: &[Segment]) -> Result<(), String> {
    list.iter().try_for_each(segment)
}

fn segment(segment: &Segment) -> Result<(), String> {
    match segment {
        Segment::Descendant(inner) => self::segment(inner),
        Segment::Selector(one) => selector(one),
        Segment::Selectors(list) => list.iter().try_for_each(selector),
    }
}

fn selector(selector: &Selector) -> Result<(), String> {
    match selector {
        Selector::Filter(inner) => filter(inner),
        _ => Ok(()),
    }
}

fn filter(filter: &Filter) -> Result<(), String> {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().try_for_each(self::filter),
        Filter::Atom(FilterAtom::Filter { expr, .. }) => self::filter(expr),
        Filter::Atom(FilterAtom::Test { expr, .. }) => match &**expr {
            Test::Function(function) if !matches!(**function, TestFunction::Match(..) | TestFunction::Search(..)) => {
                Err(format!("`{}` yields no truth: compare what it yields", name(function)))
            }
            inner => test(inner),
        },
        Filter::Atom(FilterAtom::Comparison(comparison)) => {
            let (left, right) = comparison.vals();
            comparable(left).and_then(|()| comparable(right))
        }
    }
}

fn comparable(side: &Comparable) -> Result<(), String> {
    match side {
        Comparable::Function(call) if matches!(call, TestFunction::Match(..) | TestFunction::Search(..)) => {
            Err(format!("`{}` is true or false by itself and is not compared", name(call)))
        }
        Comparable::Function(call) => function(call),
        _ => Ok(()),
    }
}

fn test(test: &Test) -> Result<(), String> {
    match test {
        Test::RelQuery(list) => segments(list),
        Test::AbsQuery(query) => segments(&query.segments),
        Test::Function(call) => function(call),
    }
}

fn function(call: &TestFunction) -> Result<(), String> {
    match call {
        TestFunction::Custom(name, _) => Err(format!("JSONPath has no function `{name}`")),
        TestFunction::Length(arg) => value_argument(arg, "length"),
        TestFunction::Count(arg) | TestFunction::Value(arg) => match arg {
            FnArg::Test(inner) if !matches!(**inner, Test::Function(_)) => test(inner),
            _ => Err(format!("`{}` wants a query", name(call))),
        },
        TestFunction::Match(text, regex) | TestFunction::Search(text, regex) => {
            value_argument(text, name(call))?;
            match regex {
                FnArg::Literal(Literal::String(source)) if super::filter::compile(source, true).is_some() => Ok(()),
                FnArg::Literal(Literal::String(source)) => Err(format!("`{source}` is not a regex")),
                _ => Err(format!("the regex of `{}` is written out in the query", name(call))),
            }
        }
    }
}

fn value_argument(arg: &FnArg, caller: &str) -> Result<(), String> {
    let refuse = || Err(format!("`{caller}` wants a value: a literal, or a query for a single node"));
    match arg {
        FnArg::Literal(_) => Ok(()),
        FnArg::Filter(_) => refuse(),
        FnArg::Test(inner) => match &**inner {
            Test::RelQuery(list) if !is_singular(list) => refuse(),
            Test::AbsQuery(query) if !is_singular(&query.segments) => refuse(),
            inner => test(inner),
        },
    }
}

fn is_singular(list: &[Segment]) -> bool {
    list.iter().all(|segment| matches!(segment, Segment::Selector(Selector::Name(_) | Selector::Index(_))))
}

fn name(call: &TestFunction) -> &str {
    match call {
        TestFunction::Custom(name, _) => name,
        TestFunction::Length(_) => "length",
        TestFunction::Value(_) => "value",
        TestFunction::Count(_) => "count",
        TestFunction::Search(..) => "search",
        TestFunction::Match(..) => "match",
    }
}
