//! The tree that a file is made of.

/// A Nix expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A string, escaped when it is printed.
    Text(String),
    /// A text of several lines, such as a script: printed as an indented string where that can
    /// hold it unchanged.
    Lines(String),
    /// A path, a name or another expression that is part of this program, never of its input.
    Raw(&'static str),
    /// A list.
    List(Vec<Item>),
    /// An attribute set.
    Attrs(Attrs),
    /// A function applied to a value, such as `lib.mkDefault "x"`: as the value of an entry.
    Apply(&'static str, Box<Self>),
    /// A function of an attribute set: as a whole file or the value of an entry.
    Function(Function),
    /// `let names in body`: as a whole file or what a function returns. There is at least one name.
    Let(Attrs, Box<Self>),
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// A line of comment before it, without the `#`; none where it is empty.
    pub comment: &'static str,
    /// The value.
    pub value: Value,
}

/// `{ arguments, ... }: body`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Names of the arguments that the body uses; others are always allowed.
    pub arguments: Vec<&'static str>,
    /// What it returns.
    pub body: Box<Value>,
}

/// An attribute set, whose entries keep their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attrs {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// One line of an attribute set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Lines of comment before it, without the `#`.
    pub comment: Vec<&'static str>,
    /// The name.
    pub path: Path,
    /// The value.
    pub value: Value,
}

/// A name such as `users.users."ann"`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// Its parts, as they are; quotes are added when it is printed.
    pub parts: Vec<String>,
}

impl Path {
    /// The same name with one more part, which may be any text.
    #[must_use]
    pub fn key(mut self, part: &str) -> Self {
        self.parts.push(part.to_owned());
        self
    }
}

/// Parts separated by dots.
impl From<&'static str> for Path {
    fn from(dotted: &'static str) -> Self {
        Self { parts: dotted.split('.').map(str::to_owned).collect() }
    }
}

impl Attrs {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    #[must_use]
    pub fn set(self, path: impl Into<Path>, value: impl Into<Value>) -> Self {
        self.explain(&[], path, value)
    }

    /// Adds an entry with a comment before it, line by line.
    #[must_use]
    pub fn explain(
        mut self,
        comment: &[&'static str],
        path: impl Into<Path>,
        value: impl Into<Value>,
    ) -> Self {
        self.entries.push(Entry { comment: comment.to_vec(), path: path.into(), value: value.into() });
        self
    }

    /// Adds an entry where there is a value for it.
    #[must_use]
    pub fn set_some(self, path: impl Into<Path>, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.set(path, value),
            None => self,
        }
    }
}

impl Value {
    /// A list.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(|item| Item { comment: "", value: item.into() }).collect())
    }

    /// `function value`
    pub fn apply(function: &'static str, value: impl Into<Self>) -> Self {
        Self::Apply(function, Box::new(value.into()))
    }

    /// `let names in body`
    pub fn with_names(names: Attrs, body: impl Into<Self>) -> Self {
        Self::Let(names, Box::new(body.into()))
    }

    /// `{ arguments, ... }: body`
    pub fn function(arguments: &[&'static str], body: impl Into<Self>) -> Self {
        Self::Function(Function { arguments: arguments.to_vec(), body: Box::new(body.into()) })
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Attrs> for Value {
    fn from(value: Attrs) -> Self {
        Self::Attrs(value)
    }
}
