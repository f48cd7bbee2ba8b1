//! Which plural form a count takes: the formula in a catalogue's header, an expression of C in the
//! one variable `n` (GNU gettext's manual, «Plural forms»).

/// Longer formulas are refused, so that a broken catalogue can't exhaust the stack. The longest in
/// use has about 250 bytes.
const LONGEST: usize = 400;

/// A plural formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Formula {
    /// The count.
    Count,
    /// A number.
    Number(u64),
    /// `!a`
    Not(Box<Self>),
    /// `a OPERATOR b`
    Both(Operator, Box<Self>, Box<Self>),
    /// `a ? b : c`
    Choice(Box<Self>, Box<Self>, Box<Self>),
}

/// What stands between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    AtMost,
    AtLeast,
    Less,
    Greater,
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
}

/// How each is written and how tightly it binds, longer signs before their beginnings.
const OPERATORS: [(&str, u8, Operator); 13] = [
    ("||", 1, Operator::Or),
    ("&&", 2, Operator::And),
    ("==", 3, Operator::Equal),
    ("!=", 3, Operator::Unequal),
    ("<=", 4, Operator::AtMost),
    (">=", 4, Operator::AtLeast),
    ("<", 4, Operator::Less),
    (">", 4, Operator::Greater),
    ("+", 5, Operator::Plus),
    ("-", 5, Operator::Minus),
    ("*", 6, Operator::Times),
    ("/", 6, Operator::Divided),
    ("%", 6, Operator::Remainder),
];

impl Formula {
    /// The formula of a header such as `nplurals=2; plural=(n != 1);`, or that one where the header
    /// has none that can be read.
    pub(super) fn of_header(value: &str) -> Self {
        let formula =
            value.split(';').find_map(|part| part.trim().strip_prefix("plural")?.trim().strip_prefix('='));
        formula.and_then(Self::parse).unwrap_or_else(Self::as_in_english)
    }

    fn as_in_english() -> Self {
        Self::Both(Operator::Unequal, Box::new(Self::Count), Box::new(Self::Number(1)))
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut reader = Reader(text.trim());
        let formula = reader.choice()?;
        reader.0.is_empty().then_some(formula)
    }

    /// The form for a count, counted from 0; `None` where the formula divides by zero.
    pub(super) fn form(&self, count: u64) -> Option<u64> {
        Some(match self {
            Self::Count => count,
            Self::Number(number) => *number,
            Self::Not(one) => u64::from(one.form(count)? == 0),
            Self::Choice(condition, yes, no) => {
                if condition.form(count)? != 0 {
                    yes.form(count)?
                } else {
                    no.form(count)?
                }
            }
            Self::Both(Operator::Or, one, other) => {
                u64::from(one.form(count)? != 0 || other.form(count)? != 0)
            }
            Self::Both(Operator::And, one, other) => {
                u64::from(one.form(count)? != 0 && other.form(count)? != 0)
            }
            Self::Both(operator, one, other) => operator.apply(one.form(count)?, other.form(count)?)?,
        })
    }
}

impl Operator {
    fn apply(self, one: u64, other: u64) -> Option<u64> {
        Some(match self {
            Self::Or => u64::from(one != 0 || other != 0),
            Self::And => u64::from(one != 0 && other != 0),
            Self::Equal => u64::from(one == other),
            Self::Unequal => u64::from(one != other),
            Self::AtMost => u64::from(one <= other),
            Self::AtLeast => u64::from(one >= other),
            Self::Less => u64::from(one < other),
            Self::Greater => u64::from(one > other),
            Self::Plus => one.wrapping_add(other),
            Self::Minus => one.wrapping_sub(other),
            Self::Times => one.wrapping_mul(other),
            Self::Divided => one.checked_div(other)?,
            Self::Remainder => one.checked_rem(other)?,
        })
    }
}

/// What is left to read.
struct Reader<'text>(&'text str);

impl Reader<'_> {
    fn take(&mut self, sign: &str) -> bool {
        match self.0.strip_prefix(sign) {
            Some(rest) => {
                self.0 = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn choice(&mut self) -> Option<Formula> {
        let condition = self.binary(1)?;
        if !self.take("?") {
            return Some(condition);
        }
        let yes = self.choice()?;
        if !self.take(":") {
            return None;
        }
        Some(Formula::Choice(Box::new(condition), Box::new(yes), Box::new(self.choice()?)))
    }

    /// Operators that bind at least so tightly.
    fn binary(&mut self, tightness: u8) -> Option<Formula> {
        let mut one = self.single()?;
        loop {
            let next = OPERATORS.into_iter().find(|(sign, _, _)| self.0.starts_with(sign));
            let Some((sign, tight, operator)) = next.filter(|(_, tight, _)| *tight >= tightness) else {
                return Some(one);
            };
            let _taken = self.take(sign);
            let other = self.binary(tight + 1)?;
            one = Formula::Both(operator, Box::new(one), Box::new(other));
        }
    }

    fn single(&mut self) -> Option<Formula> {
        if self.take("!") {
            return Some(Formula::Not(Box::new(self.single()?)));
        }
        if self.take("(") {
            let inner = self.choice()?;
            return self.take(")").then_some(inner);
        }
        if self.take("n") {
            return Some(Formula::Count);
        }
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        let number = digits.parse().ok()?;
        self.0 = rest.trim_start();
        Some(Formula::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(header: &str, counts: &[u64]) -> Vec<u64> {
        let formula = Formula::of_header(header);
        counts.iter().map(|count| formula.form(*count).unwrap()).collect()
    }

    #[test]
    fn languages_have_the_forms_of_their_headers() {
        assert_eq!(forms("nplurals=1; plural=0;", &[0, 1, 5]), [0, 0, 0]);
        assert_eq!(forms("nplurals=2; plural=(n != 1);", &[0, 1, 2]), [1, 0, 1]);
        assert_eq!(forms("nplurals=2; plural=n>1;", &[0, 1, 2]), [0, 0, 1]);
        let polish = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);";
        assert_eq!(forms(polish, &[1, 2, 5, 12, 22, 112]), [0, 1, 2, 2, 1, 2]);
        let ukrainian = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && \
                         (n%100<10 || n%100>=20) ? 1 : 2);";
        assert_eq!(forms(ukrainian, &[1, 11, 21, 3, 13, 40]), [0, 2, 0, 1, 2, 2]);
        let arabic = "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : \
                      n%100>=11 ? 4 : 5;";
        assert_eq!(forms(arabic, &[0, 1, 2, 5, 50, 100]), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn operators_bind_as_in_c() {
        assert_eq!(forms("plural=1+2*3-4/2%3", &[0]), [5]);
        assert_eq!(forms("plural=10-3-2", &[0]), [5]);
        assert_eq!(forms("plural=!n || n==2 && n<3", &[0, 1, 2]), [1, 0, 1]);
    }

    #[test]
    fn what_is_no_formula_is_read_as_english() {
        let endless = format!("plural={}", "(".repeat(10_000));
        for header in ["", "nplurals=3", "plural=", "plural=n n", "plural=(n", "plural=exit(1)", &endless] {
            assert_eq!(forms(header, &[0, 1, 2]), [1, 0, 1], "{header:.30}");
        }
        assert_eq!(Formula::of_header("plural=1%n").form(0), None);
    }
}
