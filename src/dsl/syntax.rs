//! Which kind of token may stand after which.
//!
//! The language is defined by this table before any tree is built: `-'a'` is refused although a tree could hold it.
//! Invariant: the table alone decides. Must never import another module of this folder.

/// A kind of token, and the two ends of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Begin,
    End,
    Number,
    Date,
    Bool,
    Text,
    Name,
    Access,
    Function,
    Comma,
    Open,
    Close,
    Prefix,
    Modifier,
    Logic,
    Compare,
    Ternary,
}

/// Whether a token of the second kind may stand right after one of the first.
pub(super) fn may_follow(before: Kind, next: Kind) -> bool {
    use Kind::{
        Access, Begin, Bool, Close, Comma, Compare, Date, End, Function, Logic, Modifier, Name, Number, Open, Prefix,
        Ternary, Text,
    };
    let is_operand = matches!(next, Prefix | Number | Bool | Name | Function | Access | Text | Open);
    let is_operator = matches!(next, Modifier | Compare | Logic | Comma);
    match before {
        Begin | Comma | Compare | Logic => is_operand || next == Date,
        Open => is_operand || matches!(next, Date | Close),
        Modifier => is_operand,
        Ternary => is_operand || matches!(next, Date | Comma),
        Prefix => matches!(next, Number | Bool | Name | Function | Access | Open),
        Function => next == Open,
        Number | Bool | Text | Name | Close => is_operator || matches!(next, Close | Ternary | End),
        Date => is_operator || matches!(next, Close | End),
        Access => is_operator || matches!(next, Close | Ternary | Open | End),
        End => false,
    }
}
