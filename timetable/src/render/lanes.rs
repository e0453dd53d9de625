//! Lanes for overlapping blocks of one column.

/// The horizontal place of a block in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lane {
    /// From the left, 0 first.
    pub(super) index: usize,
    /// Number of lanes at this block; at least 1.
    pub(super) of: usize,
}

/// A lane for each block. Overlapping blocks have different lanes.
///
/// `blocks` are (start, end) in any unit, in order of their start; touching ends do not overlap. Blocks
/// that overlap, directly or through others, have the same number of lanes: the most that overlap at
/// once.
pub(super) fn lanes(blocks: &[(u16, u16)]) -> Vec<Lane> {
    clusters(blocks).flat_map(side_by_side).collect()
}

/// Runs of blocks. Each block begins before the end of a block ahead of it in its run.
fn clusters(blocks: &[(u16, u16)]) -> impl Iterator<Item = &[(u16, u16)]> {
    let mut latest = 0;
    blocks.chunk_by(move |before, next| {
        latest = before.1.max(latest);
        next.0 < latest
    })
}

fn side_by_side(cluster: &[(u16, u16)]) -> Vec<Lane> {
    let mut ends: Vec<u16> = Vec::new();
    let indices: Vec<usize> = cluster
        .iter()
        .map(|&(start, end)| {
            let free = ends.iter().position(|&taken_until| taken_until <= start);
            let index = free.unwrap_or(ends.len());
            ends.resize(ends.len().max(index + 1), 0);
            ends[index] = end;
            index
        })
        .collect();
    indices
        .into_iter()
        .map(|index| Lane {
            index,
            of: ends.len(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(blocks: &[(u16, u16)]) -> Vec<(usize, usize)> {
        lanes(blocks)
            .into_iter()
            .map(|lane| (lane.index, lane.of))
            .collect()
    }

    #[test]
    fn blocks_that_only_touch_take_the_whole_column() {
        assert_eq!(of(&[(0, 5), (5, 9), (12, 13)]), [(0, 1), (0, 1), (0, 1)]);
    }

    #[test]
    fn overlapping_blocks_are_side_by_side() {
        assert_eq!(
            of(&[(0, 9), (3, 5), (6, 12), (12, 13)]),
            [(0, 2), (1, 2), (1, 2), (0, 1)]
        );
        assert_eq!(of(&[(0, 9), (0, 9), (0, 9)]), [(0, 3), (1, 3), (2, 3)]);
    }

    proptest! {
        #[test]
        fn no_two_that_overlap_share_a_place(
            placed in prop::collection::vec((0..40_u16, 1..12_u16), 0..12),
        ) {
            let mut blocks: Vec<_> = placed.iter().map(|(start, length)| (*start, start + length)).collect();
            blocks.sort_unstable();
            let lanes = lanes(&blocks);
            prop_assert_eq!(lanes.len(), blocks.len());
            for (i, j) in (0..blocks.len()).flat_map(|i| (0..i).map(move |j| (i, j))) {
                let overlap = blocks[i].0 < blocks[j].1 && blocks[j].0 < blocks[i].1;
                prop_assert!(lanes[i].index < lanes[i].of);
                if overlap {
                    prop_assert_ne!(lanes[i].index, lanes[j].index);
                    prop_assert_eq!(lanes[i].of, lanes[j].of);
                }
            }
        }
    }
}
