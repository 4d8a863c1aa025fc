//! Draws small charts from characters. The caller always puts the numbers beside them.

const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const WIDTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// A column whose height shows where a value lies between the lowest and the highest possible;
/// `·` without a value.
pub fn column(value: Option<f64>, lowest: f64, highest: f64) -> char {
    let Some(value) = value else { return '·' };
    let share = ((value - lowest) / (highest - lowest)).clamp(0.0, 1.0);
    HEIGHTS[(share * 7.0).round() as usize]
}

/// A bar whose length shows a value as a share of the greatest, which takes all `columns`. Any
/// value above 0 is visible.
pub fn bar(value: u64, greatest: u64, columns: usize) -> String {
    if value == 0 || greatest == 0 || columns == 0 {
        return String::new();
    }
    let share = value as f64 / greatest as f64;
    let eighths = ((share * (columns * 8) as f64).round() as usize).clamp(1, columns * 8);
    let mut bar = WIDTHS[7].to_string().repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(WIDTHS[eighths % 8 - 1]);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns() {
        let moods = [1.0, 2.0, 3.0, 4.0, 5.0, 0.0, 9.0];
        let drawn: String = moods
            .map(|mood| column(Some(mood), 1.0, 5.0))
            .iter()
            .collect();
        assert_eq!(drawn, "▁▃▅▆█▁█");
        assert_eq!(column(None, 1.0, 5.0), '·');
    }

    #[test]
    fn bars() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(1, 1_000_000, 4), "▏");
        assert_eq!(bar(9, 32, 4), "█▏");
        assert_eq!(bar(0, 10, 4), "");
        assert_eq!(bar(0, 0, 4), "");
    }
}
