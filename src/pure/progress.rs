//! How far an installation has come.

/// A fraction from 0 to 1 that never goes back.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Fraction(f64);

impl Fraction {
    /// The present value, from 0 to 1.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// Moves forward to `value`, held between the present value and 1. Returns whether it moved.
    ///
    /// Anything that is not a number leaves it where it is.
    pub fn advance_to(&mut self, value: f64) -> bool {
        let moved = value > self.0 && self.0 < 1.0;
        if moved {
            self.0 = value.min(1.0);
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::Fraction;

    #[test]
    fn it_never_goes_back_and_never_passes_one() {
        let mut fraction = Fraction::default();
        assert!(fraction.advance_to(0.5));
        assert!(!fraction.advance_to(0.2));
        assert!(!fraction.advance_to(f64::NAN));
        assert!(fraction.advance_to(7.0));
        assert_eq!(fraction.value(), 1.0);
    }
}
