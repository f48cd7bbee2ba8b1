//! The printer. Its layout is a fixed point of RFC 166: `nixfmt` changes nothing in it.

use super::escape;
use super::value::{Attrs, Entry, Function, Item, Path, Value};

/// Prints a file: lines of comment, then one expression.
#[must_use]
pub fn print(header: &[&str], value: &Value) -> String {
    let mut printer = Printer::default();
    for line in header {
        printer.comment(line);
    }
    printer.expression(value);
    printer.line_end();
    printer.out
}

/// Characters of a list's only item for which the list surely fits on one line. In several lines
/// it is a fixed point too.
const SHORT: usize = 40;

#[derive(Default)]
struct Printer {
    out: String,
    depth: usize,
    at_line_start: bool,
}

impl Printer {
    fn write(&mut self, text: &str) {
        if self.at_line_start {
            for _ in 0..self.depth {
                self.out.push_str("  ");
            }
        }
        self.at_line_start = false;
        self.out.push_str(text);
    }

    fn line_end(&mut self) {
        self.out.push('\n');
        self.at_line_start = true;
    }

    fn comment(&mut self, line: &str) {
        self.write("#");
        if !line.is_empty() {
            self.out.push(' ');
            self.out.push_str(line);
        }
        self.line_end();
    }

    fn expression(&mut self, value: &Value) {
        match value {
            Value::Null => self.write("null"),
            Value::Bool(true) => self.write("true"),
            Value::Bool(false) => self.write("false"),
            Value::Int(number) => self.write(&number.to_string()),
            Value::Text(text) => self.write(&escape::string(text)),
            Value::Lines(text) if escape::fits_indented(text) => self.indented(text),
            Value::Lines(text) => self.write(&escape::string(text)),
            Value::Raw(source) => self.write(source),
            Value::List(items) => self.list(items),
            Value::Attrs(attrs) => self.attrs(attrs),
            Value::Apply(function, argument) => {
                self.write(function);
                self.write(" ");
                self.operand(argument);
            }
            Value::Function(function) => self.function(function),
            Value::Let(names, body) => {
                self.write("let");
                self.line_end();
                self.entries(names);
                self.write("in");
                self.line_end();
                self.expression(body);
            }
        }
    }

    /// An expression where only a simple one may stand: a list's item, a function's argument.
    fn operand(&mut self, value: &Value) {
        let needs_parentheses = match value {
            Value::Apply(..) | Value::Function(_) | Value::Let(..) => true,
            Value::Int(number) => *number < 0,
            _ => false,
        };
        if !needs_parentheses {
            self.expression(value);
        } else {
            self.write("(");
            self.expression(value);
            self.write(")");
        }
    }

    fn indented(&mut self, text: &str) {
        self.write("''");
        self.line_end();
        self.depth += 1;
        for line in text.lines() {
            if !line.is_empty() {
                self.write(&escape::indented_line(line));
            }
            self.line_end();
        }
        self.depth -= 1;
        self.write("''");
    }

    fn list(&mut self, items: &[Item]) {
        match items {
            [] => self.write("[ ]"),
            [one] if one.comment.is_empty() && is_short(&one.value) => {
                self.write("[ ");
                self.operand(&one.value);
                self.write(" ]");
            }
            _ => {
                self.write("[");
                self.line_end();
                self.depth += 1;
                for item in items {
                    if !item.comment.is_empty() {
                        self.comment(item.comment);
                    }
                    self.operand(&item.value);
                    self.line_end();
                }
                self.depth -= 1;
                self.write("]");
            }
        }
    }

    fn attrs(&mut self, attrs: &Attrs) {
        if attrs.entries.is_empty() {
            self.write("{ }");
            return;
        }
        self.write("{");
        self.line_end();
        self.entries(attrs);
        self.write("}");
    }

    fn entries(&mut self, attrs: &Attrs) {
        self.depth += 1;
        let mut before: Option<&Entry> = None;
        for entry in &attrs.entries {
            if before.is_some_and(|before| needs_gap(before, entry, self.depth)) {
                self.line_end();
            }
            self.entry(entry);
            before = Some(entry);
        }
        self.depth -= 1;
    }

    fn entry(&mut self, entry: &Entry) {
        for line in &entry.comment {
            self.comment(line);
        }
        self.write(&path(&entry.path));
        self.write(" =");
        if let Value::Function(_) = entry.value {
            self.line_end();
            self.depth += 1;
            self.expression(&entry.value);
            self.depth -= 1;
        } else {
            self.write(" ");
            self.expression(&entry.value);
        }
        self.write(";");
        self.line_end();
    }

    fn function(&mut self, function: &Function) {
        let mut arguments = function.arguments.clone();
        arguments.push("...");
        self.write(&format!("{{ {} }}:", arguments.join(", ")));
        self.line_end();
        self.expression(&function.body);
    }
}

fn path(path: &Path) -> String {
    let parts: Vec<String> = path.parts.iter().map(|part| escape::attribute(part)).collect();
    parts.join(".")
}

fn is_short(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) => true,
        Value::Text(text) => text.chars().count() <= SHORT,
        Value::Raw(source) => source.len() <= SHORT,
        Value::List(items) => items.is_empty(),
        Value::Attrs(attrs) => attrs.entries.is_empty(),
        Value::Lines(_) | Value::Apply(..) | Value::Function(_) | Value::Let(..) => false,
    }
}

/// Whether it takes more than one line.
fn is_long(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::Raw(_) => false,
        Value::Lines(text) => escape::fits_indented(text),
        Value::List(items) => match items.as_slice() {
            [] => false,
            [one] => !one.comment.is_empty() || !is_short(&one.value),
            _ => true,
        },
        Value::Attrs(attrs) => !attrs.entries.is_empty(),
        Value::Apply(_, argument) => is_long(argument),
        Value::Function(_) | Value::Let(..) => true,
    }
}

/// A blank line sets off what is explained, and at a file's outermost level what is long.
fn needs_gap(before: &Entry, entry: &Entry, depth: usize) -> bool {
    !entry.comment.is_empty()
        || !before.comment.is_empty()
        || (depth == 1 && (is_long(&before.value) || is_long(&entry.value)))
}
