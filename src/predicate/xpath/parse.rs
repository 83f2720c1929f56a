//! The grammar of queries.
//!
//! ```text
//! union      path ('|' path)*
//! path       '/'? step (('/' | '//') step)*        '//' step …
//! step       '.' | '..' | axis? test predicate*
//! axis       '@' | name '::'
//! test       name | '*' | 'text()' | 'node()'
//! predicate  '[' expression ']'
//! expression or, and, = !=, < <= > >=, + -, function calls, texts, numbers, paths, parentheses
//! ```
//! Invariant: nesting is bounded by [`DEPTH`]. Must never import a folder above `expr`.

/// The deepest nesting of a query.
const DEPTH: usize = 32;

/// Paths whose nodes are put together.
pub(super) type Union = Vec<Path>;

/// Steps from a node, or from the document.
#[derive(Debug)]
pub(super) struct Path {
    pub absolute: bool,
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    pub axis: Axis,
    pub test: Test,
    pub predicates: Vec<Expression>,
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Own,
    Parent,
    Ancestor,
    AncestorOrSelf,
    Following,
    Preceding,
    Attribute,
}

/// Which nodes a step takes there.
#[derive(Debug)]
pub(super) enum Test {
    Name(String),
    Any,
    Text,
    Node,
}

/// An expression of a predicate.
#[derive(Debug)]
pub(super) enum Expression {
    Or(Box<Expression>, Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Compare(&'static str, Box<Expression>, Box<Expression>),
    Add(bool, Box<Expression>, Box<Expression>),
    Text(String),
    Number(f64),
    Call(String, Vec<Expression>),
    Path(Union),
}

/// Reads a query.
pub(super) fn parse(text: &str) -> Option<Union> {
    let mut reader = Reader { rest: text, depth: 0 };
    let union = reader.union()?;
    reader.skip();
    reader.rest.is_empty().then_some(union)
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A word that stands by itself.
    fn eat_word(&mut self, word: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(word);
        let ends = |rest: &&str| !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
        match rest.filter(ends) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        self.skip();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let end = self.rest.find(|c: char| !is_part(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let begins = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
        begins.then(|| {
            self.rest = rest;
            name
        })
    }

    fn union(&mut self) -> Option<Union> {
        let mut paths = vec![self.path()?];
        while self.eat("|") {
            paths.push(self.path()?);
        }
        Some(paths)
    }

    fn path(&mut self) -> Option<Path> {
        let mut path = Path { absolute: false, steps: Vec::new() };
        self.skip();
        if self.eat("//") {
            path.absolute = true;
            path.steps.push(Step::any_below());
        } else if self.eat("/") {
            path.absolute = true;
            self.skip();
            if self.rest.is_empty() {
                return Some(path);
            }
        }
        loop {
            let step = self.step()?;
            path.steps.push(step);
            if self.eat("//") {
                path.steps.push(Step::any_below());
            } else if !self.eat("/") {
                return Some(path);
            }
        }
    }

    fn step(&mut self) -> Option<Step> {
        let plain = |axis| Step { axis, test: Test::Node, predicates: Vec::new() };
        let mut step = if self.eat("..") {
            return Some(plain(Axis::Parent));
        } else if self.eat(".") {
            return Some(plain(Axis::Own));
        } else if self.eat("@") {
            Step { test: self.test()?, ..plain(Axis::Attribute) }
        } else {
            let axis = self.axis()?;
            Step { test: self.test()?, ..plain(axis) }
        };
        while self.eat("[") {
            step.predicates.push(self.expression()?);
            if !self.eat("]") {
                return None;
            }
        }
        Some(step)
    }

    fn axis(&mut self) -> Option<Axis> {
        const AXES: [(&str, Axis); 10] = [
            ("child::", Axis::Child),
            ("descendant-or-self::", Axis::DescendantOrSelf),
            ("descendant::", Axis::Descendant),
            ("self::", Axis::Own),
            ("parent::", Axis::Parent),
            ("ancestor-or-self::", Axis::AncestorOrSelf),
            ("ancestor::", Axis::Ancestor),
            ("following-sibling::", Axis::Following),
            ("preceding-sibling::", Axis::Preceding),
            ("attribute::", Axis::Attribute),
        ];
        Some(AXES.iter().find(|(name, _)| self.eat(name)).map_or(Axis::Child, |(_, axis)| *axis))
    }

    fn test(&mut self) -> Option<Test> {
        if self.eat("*") {
            return Some(Test::Any);
        }
        let name = self.name()?;
        if self.rest.starts_with('(') {
            let empty = self.eat("(") && self.eat(")");
            return match name {
                "text" if empty => Some(Test::Text),
                "node" if empty => Some(Test::Node),
                _ => None,
            };
        }
        if self.rest.starts_with(':') && !self.rest.starts_with("::") {
            self.eat(":");
            let local = self.name()?;
            return Some(Test::Name(format!("{name}:{local}")));
        }
        Some(Test::Name(name.to_owned()))
    }

    fn expression(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut left = self.conjunction()?;
        while self.eat_word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        self.depth -= 1;
        Some(left)
    }

    fn conjunction(&mut self) -> Option<Expression> {
        let mut left = self.comparison()?;
        while self.eat_word("and") {
            left = Expression::And(Box::new(left), Box::new(self.comparison()?));
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<Expression> {
        let mut left = self.sum()?;
        while let Some(sign) = ["!=", "<=", ">=", "=", "<", ">"].into_iter().find(|sign| self.eat(sign)) {
            left = Expression::Compare(sign, Box::new(left), Box::new(self.sum()?));
        }
        Some(left)
    }

    fn sum(&mut self) -> Option<Expression> {
        let mut left = self.operand()?;
        loop {
            let plus = self.eat("+");
            if !plus && !self.eat("-") {
                return Some(left);
            }
            left = Expression::Add(plus, Box::new(left), Box::new(self.operand()?));
        }
    }

    fn operand(&mut self) -> Option<Expression> {
        self.skip();
        if let Some(quote) = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let (text, rest) = self.rest.get(1..)?.split_once(quote)?;
            self.rest = rest;
            return Some(Expression::Text(text.to_owned()));
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            let end = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(self.rest.len());
            let (digits, rest) = self.rest.split_at(end);
            self.rest = rest;
            return digits.parse().ok().map(Expression::Number);
        }
        if self.eat("(") {
            let inner = self.expression()?;
            return self.eat(")").then_some(inner);
        }
        match self.call() {
            Some(call) => call,
            None => self.union().map(Expression::Path),
        }
    }

    /// A function call, where one begins here.
    fn call(&mut self) -> Option<Option<Expression>> {
        let before = self.rest;
        let name = self.name().filter(|name| self.rest.starts_with('(') && !matches!(*name, "text" | "node"));
        let Some(name) = name else {
            self.rest = before;
            return None;
        };
        self.eat("(");
        let mut arguments = Vec::new();
        while !self.eat(")") {
            if !arguments.is_empty() && !self.eat(",") {
                return Some(None);
            }
            match self.expression() {
                Some(argument) => arguments.push(argument),
                None => return Some(None),
            }
        }
        Some(Some(Expression::Call(name.to_owned(), arguments)))
    }
}

impl Step {
    fn any_below() -> Self {
        Self { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() }
    }
}
