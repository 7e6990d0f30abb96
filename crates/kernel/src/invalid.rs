//! Invalid input, all fields at once.

use crate::TextError;
use std::{borrow::Cow, fmt};

/// One field that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name as the client sent it; a path such as `lines[0].quantity` inside nested input.
    pub field: Cow<'static, str>,
    /// A stable `snake_case` code, for programs.
    pub code: &'static str,
    /// What is wrong, for a Chinese reader.
    pub message_zh: Cow<'static, str>,
    /// What is wrong, for an English reader.
    pub message_en: Cow<'static, str>,
}

/// Why a value object refused its text: a code and a message in both languages, without the field's name,
/// which only the caller knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// A stable `snake_case` code.
    pub code: &'static str,
    /// What is wrong, for a Chinese reader.
    pub message_zh: Cow<'static, str>,
    /// What is wrong, for an English reader.
    pub message_en: Cow<'static, str>,
}

impl Invalid {
    /// A refusal with fixed messages.
    pub const fn new(code: &'static str, message_zh: &'static str, message_en: &'static str) -> Self {
        Self {
            code,
            message_zh: Cow::Borrowed(message_zh),
            message_en: Cow::Borrowed(message_en),
        }
    }

    /// The refusal of an absent field.
    pub const fn required() -> Self {
        Self::new("required", "此项必填", "is required")
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message_en)
    }
}

impl std::error::Error for Invalid {}

impl From<TextError> for Invalid {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::new("empty", "不能为空", "must not be empty"),
            TextError::TooLong { maximum } => Self {
                code: "too_long",
                message_zh: format!("最多 {maximum} 个字").into(),
                message_en: error.to_string().into(),
            },
            TextError::ControlCharacter => Self::new(
                "control_character",
                "含有不允许的控制字符",
                "must not contain control characters",
            ),
        }
    }
}

/// Gathers the errors of many fields, so that all are reported at once.
///
/// ```
/// use kernel::{MobileNumber, PersonName, Validation};
///
/// let mut validation = Validation::default();
/// let name = validation.take("name", PersonName::parse(""));
/// let mobile = validation.take("mobile", MobileNumber::parse("12345"));
/// let errors = validation.finish(|| (name.unwrap(), mobile.unwrap())).unwrap_err();
/// assert_eq!(errors.len(), 2);
/// ```
#[derive(Debug, Default)]
pub struct Validation {
    errors: Vec<FieldError>,
}

impl Validation {
    /// Keeps the value, or notes the field's error and answers `None`.
    pub fn take<T>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        result: Result<T, impl Into<Invalid>>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.refuse(field, error.into());
                None
            }
        }
    }

    /// Like [`Self::take`] for a field that may be absent: `Some(None)` when it is.
    pub fn take_optional<T>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        result: Option<Result<T, impl Into<Invalid>>>,
    ) -> Option<Option<T>> {
        match result {
            None => Some(None),
            Some(result) => self.take(field, result).map(Some),
        }
    }

    /// Notes an error.
    pub fn refuse(&mut self, field: impl Into<Cow<'static, str>>, invalid: Invalid) {
        let Invalid {
            code,
            message_zh,
            message_en,
        } = invalid;
        self.errors.push(FieldError {
            field: field.into(),
            code,
            message_zh,
            message_en,
        });
    }

    /// Builds the value if no field was refused. `build` may rely on every [`Self::take`] having answered `Some`.
    pub fn finish<T>(self, build: impl FnOnce() -> T) -> Result<T, Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(build())
        } else {
            Err(self.errors)
        }
    }

    /// Like [`Self::finish`], without `unwrap`: `build` answers `None` exactly where a take did.
    pub fn finish_with<T>(self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }
}
