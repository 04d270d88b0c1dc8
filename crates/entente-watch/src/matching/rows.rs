//! Many short lists in two allocations: with a hundred thousand facts, a list of its own for each slot costs more in
//! memory and cache misses than what stands in it.

/// Lists of numbers, by number.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    ends: Vec<u32>,
    values: Vec<u32>,
}

impl Rows {
    /// Adds the next list.
    pub(super) fn push(&mut self, values: impl IntoIterator<Item = u32>) {
        self.values.extend(values);
        self.ends.push(self.end());
    }

    fn end(&self) -> u32 {
        u32::try_from(self.values.len()).expect("facts that fill 2^32 cells do not fit into memory as text")
    }

    /// Turns pairs of list and value round: list by list, each in the order of its values, without repetition.
    pub(super) fn gather(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut rows = Self::default();
        for (row, value) in pairs {
            let row = row as usize;
            while rows.ends.len() <= row {
                rows.ends.push(rows.end());
            }
            rows.values.push(value);
            rows.ends[row] = rows.end();
        }
        rows.values.shrink_to_fit();
        rows
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A list; empty where nothing was put.
    pub(super) fn get(&self, row: usize) -> &[u32] {
        let Some(end) = self.ends.get(row) else { return &[] };
        &self.values[self.start(row)..*end as usize]
    }

    fn start(&self, row: usize) -> usize {
        row.checked_sub(1).map_or(0, |before| self.ends[before] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathered_lists_are_sorted_and_gaps_are_empty() {
        let rows = Rows::gather(vec![(4, 9), (1, 7), (4, 2), (1, 7), (1, 3)]);
        let got: Vec<&[u32]> = (0..7).map(|row| rows.get(row)).collect();
        assert_eq!(got, [&[][..], &[3, 7], &[], &[], &[2, 9], &[], &[]]);
        assert_eq!(rows.len(), 5);
    }

    #[test]
    fn pushed_lists_come_back() {
        let mut rows = Rows::default();
        rows.push([5, 1]);
        rows.push([]);
        rows.push([8]);
        assert_eq!([rows.get(0), rows.get(1), rows.get(2)], [&[5, 1][..], &[], &[8]]);
    }
}
