//! Stretches of words and how they combine: the meaning of [`Spans`](crate::query::Spans) in terms of positions.
//!
//! Positions count words; the values of a field are further apart than any distance. It does *not* know where positions come
//! from: the index ([`super::spans`]) and the text of a record ([`super::highlight`]) have the same meaning.

/// A stretch of words: the positions of the first and the last.
pub(super) type Stretch = (u32, u32);

/// How many stretches of one part of a query are looked at in one record and field. More come about only when many distances
/// are nested over a text that repeats the same few words.
pub(super) const MAX_STRETCHES: usize = 1 << 16;

/// The stretches of two operands near each other, in order, each once. Both must be in order. The answer is false when there
/// were too many to look at all.
pub(super) fn near(left: &[Stretch], right: &[Stretch], distance: u32, ordered: bool, out: &mut Vec<Stretch>) -> bool {
    out.clear();
    let mut complete = follow(left, right, distance, out);
    if !ordered {
        complete &= follow(right, left, distance, out);
    }
    out.sort_unstable();
    out.dedup();
    complete
}

/// Adds the stretches of one operand followed by another within a distance.
fn follow(first: &[Stretch], second: &[Stretch], distance: u32, out: &mut Vec<Stretch>) -> bool {
    // The ends of the first are not in order where stretches contain others, but none begins after its end.
    let mut from = 0;
    for (start, end) in first {
        while second.get(from).is_some_and(|s| s.0 <= *start) {
            from += 1;
        }
        let rest = &second[from..];
        let after = rest.partition_point(|s| s.0 <= *end);
        for (begin, last) in rest[after..].iter().take_while(|s| s.0 - end <= distance) {
            debug_assert!(begin > end);
            if out.len() >= MAX_STRETCHES {
                return false;
            }
            out.push((*start, *last));
        }
    }
    true
}

/// How many of the stretches can be chosen so that no two share a word. `stretches` is put in another order.
pub(super) fn disjoint(stretches: &mut [Stretch]) -> u32 {
    // Taking the one that ends first never takes more than it must.
    stretches.sort_unstable_by_key(|s| s.1);
    let mut count = 0;
    let mut end = None;
    for (start, last) in stretches {
        if end.is_none_or(|end| *start > end) {
            count += 1;
            end = Some(*last);
        }
    }
    count
}

/// Puts the stretches of several operands together, in order, each once.
pub(super) fn union(stretches: &mut Vec<Stretch>) {
    stretches.sort_unstable();
    stretches.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(positions: &[u32]) -> Vec<Stretch> {
        positions.iter().map(|p| (*p, *p)).collect()
    }

    #[test]
    fn distance_is_between_the_nearest_ends() {
        let mut out = Vec::new();
        for (left, right, distance, ordered, expected) in [
            (&[0][..], &[1][..], 1, true, vec![(0, 1)]),
            (&[1], &[0], 1, true, vec![]),
            (&[1], &[0], 1, false, vec![(0, 1)]),
            (&[0], &[3], 2, false, vec![]),
            (&[0], &[3], 3, false, vec![(0, 3)]),
            (&[5], &[5], 3, false, vec![]),
            (&[0, 9], &[2, 8], 2, false, vec![(0, 2), (8, 9)]),
        ] {
            near(&words(left), &words(right), distance, ordered, &mut out);
            assert_eq!(out, expected, "{left:?} {right:?} {distance} {ordered}");
        }
        // The third operand lies outside the stretch of the first two.
        near(&[(0, 4)], &words(&[2, 6]), 2, false, &mut out);
        assert_eq!(out, [(0, 6)]);
    }

    #[test]
    fn disjoint_stretches_are_counted() {
        assert_eq!(disjoint(&mut [(0, 9), (1, 2), (3, 4), (4, 5)]), 2);
        assert_eq!(disjoint(&mut []), 0);
    }
}
