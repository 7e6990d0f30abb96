//! Turns what serde says about a field into a problem in two languages. Nothing the client sent is said back but the field's
//! name.

use crate::problem::Problem;
use kernel::Invalid;

/// A path longer than this was made up by the client.
const MAXIMUM_PATH_CHARACTERS: usize = 200;

/// The 422 of one field, from its path and serde's message.
pub(super) fn field_problem(path: &str, message: &str) -> Problem {
    let (code, chinese, english) = classify(message);
    let mut path = if path == "." {
        String::new()
    } else {
        path.to_owned()
    };
    // A missing field is reported at what misses it; an unknown one stands in the path already.
    if let Some(name) = quoted(message).filter(|_| matches!(code, "required" | "duplicate_field"))
        && path != name
        && !path.ends_with(&format!(".{name}"))
    {
        path = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        };
    }
    let path: String = path.chars().take(MAXIMUM_PATH_CHARACTERS).collect();
    let invalid = match expected(message) {
        Some(expected) if code == "wrong_type" || code == "unknown_value" => Invalid {
            code,
            message_zh: format!("{chinese}，应为 {expected}").into(),
            message_en: format!("{english}, expected {expected}").into(),
        },
        _ => Invalid::new(code, chinese, english),
    };
    Problem::invalid_field(path, invalid)
}

fn classify(message: &str) -> (&'static str, &'static str, &'static str) {
    const KINDS: [(&str, (&str, &str, &str)); 6] = [
        ("missing field", ("required", "此项必填", "is required")),
        (
            "unknown field",
            ("unknown_field", "没有这个字段", "is not a known field"),
        ),
        (
            "duplicate field",
            ("duplicate_field", "字段重复", "is given twice"),
        ),
        (
            "unknown variant",
            ("unknown_value", "取值不在允许范围内", "is not a known value"),
        ),
        ("invalid type", ("wrong_type", "类型不对", "is of the wrong type")),
        (
            "invalid length",
            ("wrong_length", "长度不对", "is of the wrong length"),
        ),
    ];
    let integer_out_of_range = message.starts_with("invalid value: integer");
    if integer_out_of_range || message.starts_with("number too") || message.starts_with("number out of range")
    {
        return ("out_of_range", "数值超出范围", "is out of range");
    }
    KINDS
        .into_iter()
        .find_map(|(prefix, kind)| message.starts_with(prefix).then_some(kind))
        .unwrap_or(("invalid_value", "取值无效", "is not a valid value"))
}

/// The first name between backticks.
fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

/// What our own type expects, after serde's last `, expected `, without the line and column that follow in JSON.
fn expected(message: &str) -> Option<&str> {
    let (_, expected) = message.rsplit_once(", expected ")?;
    Some(
        expected
            .rsplit_once(" at line ")
            .map_or(expected, |(expected, _)| expected),
    )
}
