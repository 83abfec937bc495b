//! A moment in UTC, to the second, in the format of RFC 3339.

use crate::text::quoted;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// Seconds since 1970-01-01T00:00:00Z without leap seconds, in the years 0 to 9999.
///
/// ```
/// use scalewise::ledger::Time;
/// let time: Time = "2026-03-01T12:00:00Z".parse()?;
/// assert_eq!(time.to_string(), "2026-03-01T12:00:00Z");
/// assert_eq!(Time::from_unix(0)?.to_string(), "1970-01-01T00:00:00Z");
/// assert!("2026-02-29T12:00:00Z".parse::<Time>().is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(#[serde(serialize_with = "written", deserialize_with = "read_back")] i64);

const DAY: i64 = 86_400;
/// 9999-12-31T23:59:59Z and 0000-01-01T00:00:00Z.
const LIMITS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;

impl Time {
    /// The moment this many seconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] outside the years 0 to 9999.
    pub fn from_unix(seconds: i64) -> Result<Time> {
        if LIMITS.contains(&seconds) {
            Ok(Time(seconds))
        } else {
            Err(Error::new(
                ErrorKind::Usage,
                format!("{seconds} seconds after 1970 lies beyond the year 9999 or before 0"),
            ))
        }
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Hinnant, *chrono-compatible
/// low-level date algorithms*, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days`] (`civil_from_days`).
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

impl FromStr for Time {
    type Err = Error;

    fn from_str(text: &str) -> Result<Time> {
        read(text).ok_or_else(|| {
            Error::new(
                ErrorKind::Usage,
                format!(
                    "{} is not a time in UTC such as 2026-03-01T12:00:00Z",
                    quoted(text)
                ),
            )
        })
    }
}

fn read(text: &str) -> Option<Time> {
    // The pattern of the text: a 0 stands for any digit.
    const PATTERN: &[u8] = b"0000-00-00T00:00:00Z";
    let bytes = text.as_bytes();
    let fits = |(byte, place): (&u8, &u8)| match place {
        b'0' => byte.is_ascii_digit(),
        other => byte == other,
    };
    if bytes.len() != PATTERN.len() || !bytes.iter().zip(PATTERN).all(fits) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let day_number = days(year, month, day);
    let exists = (1..=12).contains(&month) && date(day_number) == (year, month, day);
    let in_a_day = hour < 24 && minute < 60 && second < 60;
    (exists && in_a_day).then(|| Time(day_number * DAY + hour * 3600 + minute * 60 + second))
}

fn written<S: Serializer>(seconds: &i64, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(&Time(*seconds))
}

fn read_back<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time: Time = text.parse().map_err(de::Error::custom)?;
    Ok(time.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_other_calendars() {
        // date -u -d @SECONDS +%FT%TZ
        for (seconds, text) in [
            (-62_167_219_200, "0000-01-01T00:00:00Z"),
            (-2_208_988_801, "1899-12-31T23:59:59Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (1_772_366_400, "2026-03-01T12:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Time(seconds).to_string(), text);
            assert_eq!(read(text), Some(Time(seconds)));
        }
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for day in -146_097..146_097 {
            let (y, m, d) = date(day);
            assert_eq!(days(y, m, d), day);
        }
    }

    #[test]
    fn what_is_no_time_in_utc_is_refused() {
        for text in [
            "",
            "2026-03-01",
            "2026-03-01T12:00:00",
            "2026-03-01T12:00:00+01:00",
            "2026-13-01T12:00:00Z",
            "2026-00-01T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-03-00T12:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T12:60:00Z",
            "2026-03-01T12:00:60Z",
            "2026-03-01 12:00:00Z",
            "2026-03-01T12:00:00z",
            "+026-03-01T12:00:00Z",
            "２026-03-01T12:00:0Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(Time::from_unix(i64::MAX).is_err());
    }
}
