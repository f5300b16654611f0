//! Percentiles and processor time.

/// Times in microseconds.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<u64>);

impl Times {
    /// Adds one.
    pub fn add(&mut self, micros: u64) {
        self.0.push(micros);
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The time that `percent` of a hundred stay within, as milliseconds with two decimals.
    #[must_use]
    pub fn within(&mut self, percent: usize) -> String {
        self.0.sort_unstable();
        let index = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        let micros = self.0.get(index).copied().unwrap_or_default();
        format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10)
    }
}

/// Processor time that this process has used, user and system, in milliseconds; unknown where /proc is not.
#[must_use]
pub fn processor_millis() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    // Linux counts in hundredths of a second.
    Some(ticks * 10)
}

/// Bytes that this process has handed to its disks; unknown where /proc is not.
#[must_use]
pub fn written_bytes() -> Option<u64> {
    let io = std::fs::read_to_string("/proc/self/io").ok()?;
    io.lines().find_map(|line| line.strip_prefix("write_bytes: "))?.trim().parse().ok()
}

/// A rate with one decimal: `count` things in `micros`.
#[must_use]
pub fn per_second(count: u64, micros: u64) -> String {
    tenths(count * 10_000_000 / micros.max(1))
}

/// A number of tenths as text.
#[must_use]
pub fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Memory that this process holds, in KiB.
#[must_use]
pub fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().trim_end_matches(" kB").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut times = Times::default();
        (1..=100).for_each(|n| times.add(n * 1_000));
        assert_eq!((times.within(50), times.within(99), times.within(100)), ("50.00".to_owned(), "99.00".to_owned(), "100.00".to_owned()));
    }
}
