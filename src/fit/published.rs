//! Exponents of published scaling laws, as priors that are wide by default.

use super::prior::Prior;
use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use crate::text::excerpt;

/// Exponents b of L(C) = a·C^b + c that papers report for one kind of data.
struct Family {
    name: &'static str,
    mean: f64,
    /// As large as the spread between papers, or larger.
    sd: f64,
    sources: &'static str,
}

const FAMILIES: [Family; 4] = [
    Family {
        name: "language",
        mean: -0.12,
        sd: 0.06,
        // 0.050 without a floor; αβ/(α+β) = 0.155 and 0.178 on the surface with one.
        sources: "Kaplan et al. 2020; Hoffmann et al. 2022; Besiroglu et al. 2024",
    },
    Family {
        name: "image",
        mean: -0.14,
        sd: 0.06,
        // 0.10 to 0.19 by resolution and coding.
        sources: "Henighan et al. 2020, table 1",
    },
    Family {
        name: "video",
        mean: -0.14,
        sd: 0.07,
        sources: "Henighan et al. 2020, table 1",
    },
    Family {
        name: "math",
        mean: -0.17,
        sd: 0.08,
        sources: "Henighan et al. 2020, table 1",
    },
];

impl Prior {
    /// A prior of the exponent of a saturating law of compute, as papers report it for `family`:
    /// `language`, `image`, `video` or `math`. It is wide, since papers count compute and tune
    /// differently.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if there is no family of that name.
    pub fn published(family: &str) -> Result<Prior> {
        let found = FAMILIES.iter().find(|known| known.name == family);
        let Some(known) = found else {
            let message = format!("there are no published exponents of '{}'", excerpt(family));
            let names: Vec<&str> = FAMILIES.iter().map(|known| known.name).collect();
            return Err(Error::new(ErrorKind::Usage, message)
                .about(Setting::Prior)
                .with_hint(format!("there are those of {}", names.join(", "))));
        };
        let prior = Prior::normal("b", known.mean, known.sd)?;
        Ok(prior.from(format!("{}: {}", known.name, known.sources)))
    }
}
