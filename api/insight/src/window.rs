//! The part of a report's rows that one answer holds. What is left out is said, and is there to be asked for; totals are of all rows.

/// Rows of one answer, at most.
const ROWS: usize = 1_000;

/// Some of a report's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window<T> {
    /// These.
    pub rows: Vec<T>,
    /// How many there are in all.
    pub count: i64,
    /// Where the next ones begin; none when there are no more.
    pub next: Option<u32>,
}

/// The rows after the first `offset` ones.
pub(crate) fn window<T>(rows: Vec<T>, offset: Option<u32>) -> Window<T> {
    let all = rows.len();
    let begin = usize::try_from(offset.unwrap_or(0)).unwrap_or(usize::MAX);
    let end = begin.saturating_add(ROWS);
    let next = u32::try_from(end).ok().filter(|_| end < all);
    Window { rows: rows.into_iter().skip(begin).take(ROWS).collect(), count: i64::try_from(all).unwrap_or(i64::MAX), next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_parts_until_there_are_none() {
        let part = |offset| window((0..2_500).collect::<Vec<i32>>(), offset);
        let seen = |offset| {
            let part = part(offset);
            (part.rows.first().copied(), part.rows.len(), part.count, part.next)
        };
        assert_eq!(seen(None), (Some(0), 1_000, 2_500, Some(1_000)));
        assert_eq!(seen(Some(1_000)), (Some(1_000), 1_000, 2_500, Some(2_000)));
        assert_eq!(seen(Some(2_000)), (Some(2_000), 500, 2_500, None));
        assert_eq!(seen(Some(4_000)), (None, 0, 2_500, None));
        assert_eq!(window(vec![1; ROWS], None).next, None);
    }
}
