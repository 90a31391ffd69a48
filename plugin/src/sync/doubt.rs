//! Which of several fields is refused? (D16)
//!
//! One bad value never holds up a record: after a refusal the record is tried without the field that the server named,
//! or else by halves, at most [`MOST_TRIES`] more times. What is still in doubt then is left out.

/// So many more requests a refusal is worth.
const MOST_TRIES: u32 = 3;

/// The fields of a write that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt<F> {
    /// Neither written nor named.
    left: Vec<F>,
    /// Those among them of which one is refused; empty where nothing points to any of them.
    suspects: Vec<F>,
    /// What the server named.
    named: Vec<F>,
    tries: u32,
}

impl<F: Clone + PartialEq> Doubt<F> {
    /// A write of these fields was refused; the server named those.
    pub(super) fn of(fields: Vec<F>, named: &[F]) -> Self {
        let mut doubt = Self { suspects: fields.clone(), left: fields, named: Vec::new(), tries: 0 };
        doubt.take_named(named);
        doubt
    }

    /// What to send next; none once it is decided.
    pub(super) fn next(&mut self) -> Option<Vec<F>> {
        if self.tries >= MOST_TRIES {
            return None;
        }
        self.tries += 1;
        let half = self.suspects.len().div_ceil(2);
        let last = self.tries == MOST_TRIES;
        let without = if last { &self.suspects[..] } else { self.suspects.get(..half).unwrap_or_default() };
        let next: Vec<F> = self.left.iter().filter(|field| !without.contains(field)).cloned().collect();
        (!next.is_empty()).then_some(next)
    }

    /// These were written.
    pub(super) fn taken(&mut self, fields: &[F]) {
        self.left.retain(|field| !fields.contains(field));
        self.suspects = self.left.clone();
    }

    /// These were refused too; the server named those.
    pub(super) fn refused(&mut self, fields: &[F], named: &[F]) {
        if self.take_named(named) {
            return;
        }
        self.suspects.retain(|field| fields.contains(field));
        if self.suspects.is_empty() {
            self.suspects = fields.to_vec();
        }
    }

    /// Whether what is left out is known to be refused, each by itself.
    pub(super) fn is_sure(&self) -> bool {
        self.left.len() <= 1
    }

    /// What is left out.
    pub(super) fn left_out(self) -> Vec<F> {
        self.named.into_iter().chain(self.left).collect()
    }

    /// Takes out what the server named; tells whether that was any of it.
    fn take_named(&mut self, named: &[F]) -> bool {
        let (named, left): (Vec<F>, Vec<F>) = self.left.drain(..).partition(|field| named.contains(field));
        self.left = left;
        let is_any = !named.is_empty();
        if is_any {
            self.named.extend(named);
            self.suspects.clear();
        }
        is_any
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A server that refuses what holds one of these fields. Gives what was left out, and how many more calls it took.
    fn decide(fields: &[u8], bad: &[u8], is_named: bool) -> (Vec<u8>, u32) {
        let named = |sent: &[u8]| -> Vec<u8> {
            sent.iter().copied().filter(|field| is_named && bad.contains(field)).take(1).collect()
        };
        let mut doubt = Doubt::of(fields.to_vec(), &named(fields));
        let mut calls = 0;
        while let Some(sent) = doubt.next() {
            calls += 1;
            if sent.iter().any(|field| bad.contains(field)) {
                doubt.refused(&sent, &named(&sent));
            } else {
                doubt.taken(&sent);
            }
        }
        let mut left_out = doubt.left_out();
        left_out.sort_unstable();
        (left_out, calls)
    }

    #[test]
    fn what_the_server_names_is_left_out_with_one_more_call() {
        assert_eq!(decide(&[1, 2, 3, 4, 5], &[4], true), (vec![4], 1));
        assert_eq!(decide(&[1, 2, 3, 4, 5], &[2, 4], true), (vec![2, 4], 2));
    }

    #[test]
    fn a_bad_one_of_four_is_found_by_halves() {
        for bad in 1..=4 {
            let (left_out, _) = decide(&[1, 2, 3, 4], &[bad], false);
            assert_eq!(left_out, [bad]);
        }
        assert_eq!(decide(&[1], &[1], false), (vec![1], 0));
        assert_eq!(decide(&[1, 2], &[2], false), (vec![2], 2));
    }

    proptest! {
        #[test]
        fn a_refusal_costs_at_most_three_more_calls_and_nothing_bad_is_written(
            count in 1_u8..24, bad in prop::collection::vec(0_u8..24, 1..4), is_named in any::<bool>(),
        ) {
            let fields: Vec<u8> = (0..count).collect();
            let bad: Vec<u8> = bad.into_iter().filter(|field| fields.contains(field)).collect();
            prop_assume!(!bad.is_empty());
            let (left_out, calls) = decide(&fields, &bad, is_named);
            prop_assert!(calls <= MOST_TRIES);
            prop_assert!(bad.iter().all(|field| left_out.contains(field)));
        }

        #[test]
        fn one_bad_field_takes_at_most_a_quarter_of_the_others_with_it(count in 1_u8..24, bad in 0_u8..24) {
            prop_assume!(bad < count);
            let fields: Vec<u8> = (0..count).collect();
            let (left_out, _) = decide(&fields, &[bad], false);
            prop_assert!(left_out.len() <= usize::from(count).div_ceil(4), "{left_out:?} of {count}");
        }
    }
}
